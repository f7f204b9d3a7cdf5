import { UploadError } from '../errors.js';
import { abortable } from './abortable.js';
import type { ObjectSettings } from './ports.js';
import type { Run } from './run.js';

/** The upload that a task has taken: nobody else runs it until `release`. */
export interface Target {
	readonly id: string;
	readonly key: string;
	readonly fingerprint: string;
	readonly settings: ObjectSettings;
	release(): void;
}

/** One file to one key, for one person: a string that keeps the four apart whatever characters they have. */
export function checkpointId(scope: string, bucket: string, key: string, fingerprint: string): string {
	return [scope, bucket, key, fingerprint].map(encodeURIComponent).join('/');
}

/** Finds out which upload this is, and takes it. Rejects with `Locked` when it is running already. */
export async function claimTarget(run: Run): Promise<Target> {
	const { intent, signal } = run;
	const fingerprint = await abortable(signal, run.fingerprint(signal));
	if (intent.kind === 'resume') return claimCheckpoint(run, intent.id, fingerprint);
	if (typeof intent.key === 'string') return claimKey(run, intent.key, intent.settings, fingerprint);
	return (
		(await claimUnfinished(run, intent.settings, fingerprint)) ??
		(await claimKey(run, await abortable(signal, intent.key()), intent.settings, fingerprint))
	);
}

async function claimKey(
	run: Run,
	key: string,
	settings: ObjectSettings,
	fingerprint: string,
): Promise<Target> {
	run.signal.throwIfAborted();
	const id = checkpointId(run.scope, run.world.bucket, key, fingerprint);
	return { id, key, fingerprint, settings, release: await claim(run, id) };
}

/** The newest unfinished upload of this content that nobody is running, whatever its key. */
async function claimUnfinished(
	run: Run,
	settings: ObjectSettings,
	fingerprint: string,
): Promise<Target | undefined> {
	const query = { scope: run.scope, bucket: run.world.bucket, fingerprint };
	for (const { checkpoint } of await run.checkpoints.find(query)) {
		const release = await run.world.lock.claim(checkpoint.id);
		if (release !== undefined)
			return { id: checkpoint.id, key: checkpoint.key, fingerprint, settings, release };
	}
	return undefined;
}

async function claimCheckpoint(run: Run, id: string, fingerprint: string): Promise<Target> {
	const checkpoint = (await run.checkpoints.load(id))?.checkpoint;
	if (checkpoint === undefined || checkpoint.bucket !== run.world.bucket || checkpoint.scope !== run.scope) {
		throw new UploadError(
			'UploadGone',
			'There is no unfinished upload of this id: start it anew with upload()',
		);
	}
	if (checkpoint.fingerprint !== fingerprint || checkpoint.size !== run.source.size) {
		throw new UploadError(
			'FileChanged',
			`This is not the file whose upload was interrupted: expected "${checkpoint.name}" of ${checkpoint.size} bytes with the content it had then, got "${run.source.name}" of ${run.source.size} bytes`,
		);
	}
	const { key, settings } = checkpoint;
	return { id, key, fingerprint, settings, release: await claim(run, id) };
}

async function claim(run: Run, id: string): Promise<() => void> {
	const release = await run.world.lock.claim(id);
	if (release === undefined) throw locked();
	return release;
}

export function locked(): UploadError {
	const message = 'This file is being uploaded to this key already, here or in another tab';
	return new UploadError('Locked', message, { retryable: true });
}
