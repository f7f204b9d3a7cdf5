import { expect, test } from 'vitest';
import { ServiceError } from '../../../src/base/errors.js';
import type { CheckpointStore, UploadLock } from '../../../src/core/ports.js';
import { LocalChannel } from '../../local-channel.js';
import { settle } from '../../manual-clock.js';
import { OLD_ID, PART, scriptedTask, storeWith } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

/** As Web Locks: one holder at a time. */
function exclusive(): Pick<UploadLock, 'claim'> {
	const held = new Set<string>();
	return {
		claim: async (id) => {
			if (held.has(id)) return undefined;
			held.add(id);
			return () => void held.delete(id);
		},
	};
}

test('an upload that is just being dropped here is not running: abort() waits for that, and settles when OSS has been told', async () => {
	let answer = () => {};
	const aborted: string[] = [];
	const { task, dropper, checkpoints } = scriptedTask(
		blob,
		{
			uploadPart: async () => {
				throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
			},
			abort: (uploadId) => {
				aborted.push(uploadId);
				return new Promise((resolve) => {
					answer = resolve;
				});
			},
		},
		{ lock: exclusive() },
	);
	const warnings: string[] = [];
	task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
	await task.result.catch(() => {});
	await task.settled;
	// As the sweep of expired uploads does once no task runs.
	void dropper.dropIdle({ store: checkpoints, warn: () => {} }, '/b/k/f');
	await settle();
	let hasSettled = false;
	void task.abort().then(() => {
		hasSettled = true;
	});
	await settle();
	expect({ aborted, hasSettled }).toEqual({ aborted: ['U'], hasSettled: false });

	answer();
	await settle();
	answer();
	await settle();
	expect({ hasSettled, warnings }).toEqual({ hasSettled: true, warnings: [] });
	expect(await checkpoints.load('/b/k/f')).toBeUndefined();
});

test('an upload that is dropped is written down as such before OSS is told: a page that dies meanwhile has ended it', async () => {
	const checkpoints = await storeWith(blob, { completing: true });
	const toldWith: unknown[] = [];
	const { dropper } = scriptedTask(
		blob,
		{
			abort: async () => {
				toldWith.push((await checkpoints.load(OLD_ID))?.checkpoint.abandoned);
			},
		},
		{ checkpoints },
	);
	await dropper.dropIdle({ store: checkpoints, warn: () => {} }, OLD_ID);
	expect(toldWith).toEqual([true]);
	expect(await checkpoints.load(OLD_ID)).toBeUndefined();
});

test('who lists uploads is told that one is gone when that is written, however late the store is', async () => {
	const stored = await storeWith(blob);
	let mark = (): void => {};
	// The task that stands beside it has another store.
	const store: CheckpointStore = {
		...stored,
		mark: (...marked) => new Promise((resolve) => (mark = () => resolve(stored.mark(...marked)))),
	};
	const channel = new LocalChannel();
	const { dropper, clock } = scriptedTask(blob, {}, { channel });
	const shown: boolean[] = [];
	channel.listen((message) => {
		if (Object(message).type !== 'gone') return;
		void stored.load(OLD_ID).then((saved) => shown.push(saved !== undefined));
	});
	const dropping = dropper.dropIdle({ store, warn: () => {} }, OLD_ID);
	await clock.advance(1000);
	expect(await dropping).toBe(true);
	await settle();
	expect(shown).toEqual([false]);
	mark();
	await settle();
	expect(shown).toEqual([false, false]);
});
