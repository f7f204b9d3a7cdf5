import { abortable } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import { lazy } from '../../base/lazy.js';
import type { CheckpointSummary, ObjectSettings, SavedUpload } from '../model.js';
import type { Busy, Joined } from './join.js';
import { late, withPatience } from './late.js';
import { locked } from './locked.js';
import { isOnePart } from './plan.js';
import type { AskKey, Destination, IfRunning, Run } from './run.js';
import { watched } from './watched-file.js';

/** The upload that a task has taken: nobody else runs it until `release`. */
export interface Target extends Destination {
	readonly id: string;
	readonly fingerprint: string;
	/** What is recorded of it, read when nobody else could write it any more. */
	readonly saved: SavedUpload | undefined;
	release(): void;
}

/** One file to one key, for one person: a string that keeps the four apart whatever characters they have. */
export function checkpointId(scope: string, bucket: string, key: string, fingerprint: string): string {
	return [scope, bucket, key, fingerprint].map(encodeURIComponent).join('/');
}

/** Or what another task, which ran the upload, has made of it. */
export type Claim = Target | Extract<Joined, { readonly result: unknown }>;

/** Finds out which upload this is, and takes it. Where it runs already: as `ifRunning` says. */
export async function claimTarget(run: Run): Promise<Claim> {
	const { intent, signal, world } = run;
	const fingerprinting = fingerprintOf(run);
	run.checkpoints.open?.();
	const fingerprint = await fingerprinting;
	if (intent.kind === 'resume') {
		const taken = await take(run, intent.id, (saved) => resumable(run, saved, fingerprint));
		if (taken === undefined) throw locked();
		world.keys.claimed(taken.id);
		return taken;
	}
	const { key } = intent;
	const found =
		typeof key === 'string'
			? await claimKey(run, key, fingerprint)
			: await world.keys.inTurn(fingerprint, signal, () => claimAnswered(run, key, fingerprint));
	world.keys.claimed(found.id);
	if (isTaken(found)) return found;
	if (ifRunningOf(run) === 'fail') throw locked();
	const { join } = await late(run, loadJoin);
	const outcome = await join(run, found);
	return 'result' in outcome ? outcome : { ...found, ...outcome };
}

/** Where a file of one part goes. There is nothing of it that could be unfinished, so nothing is looked up or locked. */
export async function destinationOf(run: Run): Promise<Destination> {
	const { intent, memory, signal } = run;
	if (intent.kind === 'resume') throw new TypeError('A file of one part has nothing to resume');
	const ask = intent.key;
	if (typeof ask !== 'string') memory.key ??= ask(undefined, false);
	const key = typeof ask === 'string' ? ask : await abortable(signal, memory.key ?? ask(undefined, false));
	return { key, settings: await settingsOf(run, key) };
}

/** The same target, with what has been recorded since. */
export async function reread(run: Run, target: Target): Promise<Target> {
	return { ...target, saved: await recorded(run, target.id) };
}

/** The id under which a file goes to a key: what `abort()` needs of a task that has not claimed yet. */
export async function identify(
	run: Pick<Run, 'signal' | 'scope' | 'world' | 'fingerprint'>,
	key: string,
): Promise<string> {
	const fingerprint = await abortable(run.signal, run.fingerprint(run.signal));
	return checkpointId(run.scope, run.world.bucket, key, fingerprint);
}

/** The identity of the file's content now. A file of the library that it needs is waited for. */
export async function fingerprintOf(run: Run): Promise<string> {
	const { world, source, signal } = run;
	const whole = { start: 0, end: source.size };
	const file = { clock: world.clock, source };
	return withPatience(run, () => watched(file, whole, signal, (ended) => run.fingerprint(ended)));
}

const isTaken = (found: Target | Busy): found is Target => 'release' in found;

async function claimKey(run: Run, key: string, fingerprint: string): Promise<Target | Busy> {
	const settings = await settingsOf(run, key);
	const id = checkpointId(run.scope, run.world.bucket, key, fingerprint);
	const named = { key, fingerprint, settings };
	return (await take(run, id, () => named)) ?? { id, ...named };
}

/** Asks the key function, while nobody else can take the unfinished upload that it is asked about. */
async function claimAnswered(run: Run, ask: AskKey, fingerprint: string): Promise<Target | Busy> {
	const { memory, world, source, signal } = run;
	const unfinished = isOnePart(source.size, run.partSize) ? undefined : await takeNewest(run, fingerprint);
	let isTaken = false;
	try {
		// Looked for before the function is asked: a pause ends the one, and never the other.
		const isAsked = memory.key !== undefined;
		const other = unfinished || isAsked ? undefined : await otherOf(run, fingerprint);
		memory.key ??= ask(unfinished?.summary ?? other, other !== undefined);
		const key = await abortable(signal, memory.key);
		isTaken = key === unfinished?.target.key;
		const target =
			unfinished && isTaken
				? { ...unfinished.target, settings: await settingsOf(run, key) }
				: await claimKey(run, key, fingerprint);
		if (unfinished && !isTaken) {
			const warn = () => run.warnOnce('NotResumed', notResumedWords(unfinished.target.key));
			world.keys.passedBy(unfinished.target.id, { size: source.size, warn });
		}
		return target;
	} catch (error) {
		isTaken = false;
		throw error;
	} finally {
		if (!isTaken) unfinished?.target.release();
	}
}

/** What another tab runs, when the task may join that. */
async function otherOf(run: Run, fingerprint: string): Promise<CheckpointSummary | undefined> {
	if (ifRunningOf(run) === 'fail') return undefined;
	const { findOther } = await late(run, loadJoin);
	return findOther(run, fingerprint);
}

const ifRunningOf = ({ intent }: Run): IfRunning => (intent.kind === 'upload' && intent.ifRunning) || 'fail';

const loadJoin = lazy(() => import('./join.js'));

const notResumedWords = (key: string): string =>
	`An unfinished upload of this file to "${key}" was not resumed: the key function answered another key. To go on with it, answer \`unfinished?.key ?? …\`; to drop it, call \`discard(id)\``;

interface Unfinished {
	readonly summary: CheckpointSummary;
	readonly target: Target;
}

/** The newest unfinished upload of this content that nobody is running. */
async function takeNewest(run: Run, fingerprint: string): Promise<Unfinished | undefined> {
	const { scope, source, checkpoints } = run;
	for (const summary of await checkpoints.find({ scope, bucket: run.world.bucket, fingerprint })) {
		const { id, key, settings } = summary.checkpoint;
		// Another tab may have finished it since; and another file may have the fingerprint.
		const target = await take(run, id, (saved) =>
			saved?.checkpoint.size === source.size && !saved.checkpoint.abandoned
				? { key, fingerprint, settings }
				: undefined,
		);
		if (target !== undefined) return { summary, target };
	}
	return undefined;
}

async function settingsOf({ intent, signal }: Run, key: string): Promise<ObjectSettings> {
	if (intent.kind === 'resume') throw new TypeError('A resumed upload keeps its settings');
	return abortable(signal, intent.settingsFor(key));
}

type Named = Pick<Target, 'key' | 'fingerprint' | 'settings'>;

/** Takes the upload, unless somebody else runs it, or what is recorded of it is not what is wanted. */
async function take(
	run: Run,
	id: string,
	wanted: (saved: SavedUpload | undefined) => Named | undefined,
): Promise<Target | undefined> {
	const release = await run.world.lock.claim(id, run.signal);
	if (release === undefined) return undefined;
	let named: Named | undefined;
	try {
		const saved = await recorded(run, id);
		named = wanted(saved);
		return named && { id, ...named, saved, release };
	} finally {
		if (named === undefined) release();
	}
}

/** Of one that another task ran, where nothing is recorded any more: as this task saw it last, before a pause or after. */
async function recorded({ checkpoints, memory }: Run, id: string): Promise<SavedUpload | undefined> {
	const saved = await checkpoints.load(id);
	const { seen } = memory;
	return saved ?? (seen?.checkpoint.id === id ? seen : undefined);
}

function resumable(
	{ scope, source, world }: Run,
	saved: SavedUpload | undefined,
	fingerprint: string,
): Named {
	const checkpoint = saved?.checkpoint;
	if (checkpoint === undefined || checkpoint.bucket !== world.bucket || checkpoint.scope !== scope) {
		throw new UploadError(
			'UploadGone',
			'No unfinished upload has this id: ask `pending()` anew, or upload the file',
		);
	}
	if (checkpoint.abandoned) {
		throw new UploadError('UploadGone', 'This upload was aborted: upload the file anew');
	}
	if (checkpoint.fingerprint !== fingerprint || checkpoint.size !== source.size) {
		throw new UploadError(
			'FileChanged',
			`Expected "${checkpoint.name}" (${checkpoint.size} bytes) as it was when its upload began, got "${source.name}" (${source.size} bytes): pick that file, or upload this one anew`,
		);
	}
	const { key, settings } = checkpoint;
	return { key, fingerprint, settings };
}
