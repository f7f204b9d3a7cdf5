import { abortable } from '../abortable.js';
import { UploadError } from '../errors.js';
import type { ObjectSettings, SavedUpload } from './ports.js';
import type { Run } from './run.js';

/** The upload that a task has taken: nobody else runs it until `release`. */
export interface Target {
	readonly id: string;
	readonly key: string;
	readonly fingerprint: string;
	readonly settings: ObjectSettings;
	/** What is recorded of it, read when nobody else could write it any more. */
	readonly saved: SavedUpload | undefined;
	release(): void;
}

/** One file to one key, for one person: a string that keeps the four apart whatever characters they have. */
export function checkpointId(scope: string, bucket: string, key: string, fingerprint: string): string {
	return [scope, bucket, key, fingerprint].map(encodeURIComponent).join('/');
}

/** Finds out which upload this is, and takes it. Rejects with `Locked` when it is running already. */
export async function claimTarget(run: Run): Promise<Target> {
	const { intent, scope, signal, source, checkpoints } = run;
	const { bucket } = run.world;
	const fingerprinting = run.fingerprint(signal);
	checkpoints.open?.();
	const fingerprint = await abortable(signal, fingerprinting);
	if (intent.kind === 'resume') {
		return orLocked(await take(run, intent.id, (saved) => resumable(run, saved, fingerprint)));
	}
	const { settings } = intent;
	let { key } = intent;
	if (typeof key !== 'string') {
		// The newest unfinished upload of this content that nobody is running goes on, whatever its key.
		for (const { checkpoint } of await checkpoints.find({ scope, bucket, fingerprint })) {
			const named = { key: checkpoint.key, fingerprint, settings };
			// Another tab may have finished it since; and another file may have the fingerprint.
			const target = await take(run, checkpoint.id, (saved) =>
				saved?.checkpoint.size === source.size ? named : undefined,
			);
			if (target !== undefined) return target;
		}
		key = await abortable(signal, key());
	}
	const named = { key, fingerprint, settings };
	return orLocked(await take(run, checkpointId(scope, bucket, key, fingerprint), () => named));
}

/** The same target, with what has been recorded since. */
export async function reread(run: Run, target: Target): Promise<Target> {
	return { ...target, saved: await run.checkpoints.load(target.id) };
}

type Named = Pick<Target, 'key' | 'fingerprint' | 'settings'>;

/** Takes the upload, unless somebody else runs it, or what is recorded of it is not what is wanted. */
async function take(
	{ world, checkpoints }: Run,
	id: string,
	wanted: (saved: SavedUpload | undefined) => Named | undefined,
): Promise<Target | undefined> {
	const release = await world.lock.claim(id);
	if (release === undefined) return undefined;
	let named: Named | undefined;
	try {
		const saved = await checkpoints.load(id);
		named = wanted(saved);
		return named && { id, ...named, saved, release };
	} finally {
		if (named === undefined) release();
	}
}

function orLocked(target: Target | undefined): Target {
	if (target === undefined) throw locked();
	return target;
}

function resumable(
	{ scope, source, world }: Run,
	saved: SavedUpload | undefined,
	fingerprint: string,
): Named {
	const checkpoint = saved?.checkpoint;
	if (checkpoint === undefined || checkpoint.bucket !== world.bucket || checkpoint.scope !== scope) {
		throw new UploadError('UploadGone', 'No unfinished upload has this id');
	}
	if (checkpoint.fingerprint !== fingerprint || checkpoint.size !== source.size) {
		throw new UploadError(
			'FileChanged',
			`Expected "${checkpoint.name}" (${checkpoint.size} bytes) as it was, got "${source.name}" (${source.size} bytes)`,
		);
	}
	const { key, settings } = checkpoint;
	return { key, fingerprint, settings };
}

export function locked(): UploadError {
	const message = 'This upload is running here or in another tab';
	return new UploadError('Locked', message, { retryable: true });
}
