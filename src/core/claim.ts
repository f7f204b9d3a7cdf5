import { abortable } from '../abortable.js';
import { UploadError } from '../errors.js';
import type { Checkpoint, ObjectSettings } from './ports.js';
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
	const { intent, scope, signal, checkpoints } = run;
	const { bucket, lock } = run.world;
	const fingerprint = await abortable(signal, run.fingerprint(signal));
	const take = async (id: string, key: string, settings: ObjectSettings): Promise<Target | undefined> => {
		const release = await lock.claim(id);
		return release && { id, key, fingerprint, settings, release };
	};
	const orLocked = (target: Target | undefined): Target => {
		if (target === undefined) throw locked();
		return target;
	};
	if (intent.kind === 'resume') {
		const { id, key, settings } = await resumable(run, intent.id, fingerprint);
		return orLocked(await take(id, key, settings));
	}
	const { settings } = intent;
	let { key } = intent;
	if (typeof key !== 'string') {
		// The newest unfinished upload of this content that nobody is running goes on, whatever its key.
		for (const { checkpoint } of await checkpoints.find({ scope, bucket, fingerprint })) {
			const target = await take(checkpoint.id, checkpoint.key, settings);
			if (target !== undefined) return target;
		}
		key = await abortable(signal, key());
	}
	return orLocked(await take(checkpointId(scope, bucket, key, fingerprint), key, settings));
}

async function resumable(run: Run, id: string, fingerprint: string): Promise<Checkpoint> {
	const { scope, source, world } = run;
	const checkpoint = (await run.checkpoints.load(id))?.checkpoint;
	if (checkpoint === undefined || checkpoint.bucket !== world.bucket || checkpoint.scope !== scope) {
		throw new UploadError('UploadGone', 'No unfinished upload has this id');
	}
	if (checkpoint.fingerprint !== fingerprint || checkpoint.size !== source.size) {
		throw new UploadError(
			'FileChanged',
			`Expected "${checkpoint.name}" (${checkpoint.size} bytes) as it was, got "${source.name}" (${source.size} bytes)`,
		);
	}
	return checkpoint;
}

export function locked(): UploadError {
	const message = 'This upload is running here or in another tab';
	return new UploadError('Locked', message, { retryable: true });
}
