import { describe, expect, test, vi } from 'vitest';
import { memoryCheckpoints } from '../../src/browser/memory-checkpoints.js';
import { resilientCheckpoints } from '../../src/browser/resilient-checkpoints.js';
import type { CheckpointStore } from '../../src/core/ports.js';
import { checkpointOf, describeCheckpointStore, partOf } from './checkpoint-store-contract.js';

describeCheckpointStore('resilient, healthy', () =>
	resilientCheckpoints(memoryCheckpoints(), memoryCheckpoints(), () => expect.unreachable()),
);
describeCheckpointStore('resilient, broken from the start', () =>
	resilientCheckpoints(breakable().store, memoryCheckpoints(), () => {}),
);

/** A store that works until `break()`; then every call rejects, as on a full disk. */
function breakable(broken = true) {
	const inner = memoryCheckpoints();
	const calls: string[] = [];
	const failure = new DOMException('disk full', 'QuotaExceededError');
	const store = new Proxy(inner, {
		get: (target, name: keyof CheckpointStore) =>
			name === 'close' || name === 'open'
				? () => {}
				: (...args: never[]) => {
						calls.push(name);
						if (broken) return Promise.reject(failure);
						return Reflect.apply(target[name], target, args);
					},
	});
	return {
		store,
		inner,
		calls,
		failure,
		break: () => {
			broken = true;
		},
	};
}

describe('when the store breaks in the middle', () => {
	const { id } = checkpointOf();

	async function broken() {
		const primary = breakable(false);
		const warn = vi.fn();
		const store = resilientCheckpoints(primary.store, memoryCheckpoints(), warn);
		await store.create(checkpointOf());
		await store.addPart(id, partOf(1), 1100);
		primary.break();
		await store.addPart(id, partOf(2), 1200);
		return { store, primary, warn };
	}

	test('parts recorded before and after are all known', async () => {
		const { store } = await broken();
		await store.addPart(id, partOf(3), 1300);
		expect((await store.load(id))?.parts).toEqual([partOf(1), partOf(2), partOf(3)]);
	});

	test('there is one warning in all, with the failure itself', async () => {
		const { store, primary, warn } = await broken();
		await Promise.all([
			store.addPart(id, partOf(3), 1300),
			store.find({ scope: '', bucket: '' }),
			store.expired(0),
		]);
		expect(warn.mock.calls).toEqual([[primary.failure]]);
	});

	test('parts recorded at the moment it breaks cause one warning', async () => {
		const primary = breakable();
		const warn = vi.fn();
		const store = resilientCheckpoints(primary.store, memoryCheckpoints(), warn);
		await Promise.all([store.create(checkpointOf()), store.create(checkpointOf({ id: '2' }))]);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	test('it is not asked for parts any more', async () => {
		const { store, primary } = await broken();
		primary.calls.length = 0;
		await store.addPart(id, partOf(3), 1300);
		await store.load(id);
		expect(primary.calls).toEqual([]);
	});

	test('it still hears that an upload is completing or gone, so that no later visit resumes a finished one', async () => {
		const { store, primary } = await broken();
		primary.calls.length = 0;
		await store.markCompleting(id);
		await store.delete(id);
		expect(primary.calls).toEqual(['markCompleting', 'delete']);
		expect(await store.load(id)).toBeUndefined();
	});
});

test('an upload resumed from the store is known, with its parts, after the store breaks', async () => {
	const primary = breakable(false);
	await primary.inner.create(checkpointOf());
	await primary.inner.addPart(checkpointOf().id, partOf(4), 1100);
	const store = resilientCheckpoints(primary.store, memoryCheckpoints(), () => {});
	await store.load(checkpointOf().id);
	primary.break();
	expect(await store.load(checkpointOf().id)).toEqual({ checkpoint: checkpointOf(), parts: [partOf(4)] });
	expect(await store.expired(Date.now() - 1000), 'a running upload has not expired').toEqual([]);
});

test('a store that throws instead of rejecting does no harm either', async () => {
	const fail = () => {
		throw new Error('no');
	};
	const throwing = { ...memoryCheckpoints(), create: fail, delete: fail };
	const warn = vi.fn();
	const store = resilientCheckpoints(throwing, memoryCheckpoints(), warn);
	await store.create(checkpointOf());
	await store.delete(checkpointOf().id);
	expect(warn).toHaveBeenCalledTimes(1);
});
