import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import { ResilientCheckpoints } from '../../../src/browser/storage/resilient-checkpoints.js';
import type { CheckpointStore, UploadLock } from '../../../src/core/ports.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { checkpointOf, describeCheckpointStore, partOf } from './checkpoint-store-contract.js';

const { id } = checkpointOf();
const everything = { scope: 'user-1', bucket: 'examplebucket' };
const lock: UploadLock = {
	claim: async () => () => {},
	wait: async () => () => {},
	held: async () => new Set(),
	isOwn: () => false,
	letGo: () => {},
};
const never = () => new Promise<never>(() => {});

function resilient(primary: CheckpointStore) {
	const warn = vi.fn();
	const clock = new ManualClock();
	const onCreate = vi.fn();
	const store = new ResilientCheckpoints({ primary, clock, warn, onCreate });
	/** Takes the upload, as whoever runs it does. */
	const claim = async (claimed = id) => {
		const release = await store.observe(lock).claim(claimed);
		if (!release) return expect.unreachable();
		return release;
	};
	return { store, warn, onCreate, clock, claim };
}

describeCheckpointStore('resilient, healthy', () => {
	const { store, warn } = resilient(memoryCheckpoints());
	warn.mockImplementation(() => expect.unreachable());
	return store;
});
describeCheckpointStore('resilient, broken from the start', () => resilient(breakable().store).store);

/** A store that works until `break()`; then every call is answered as `fail` does, by default as on a full disk. */
function breakable({ broken = true, fail = (): unknown => Promise.reject(full) } = {}) {
	const inner = memoryCheckpoints();
	const calls: string[] = [];
	const store = new Proxy(inner, {
		get: (target, name: keyof CheckpointStore) =>
			name === 'close' || name === 'open'
				? () => {}
				: (...args: never[]) => {
						calls.push(name);
						return broken ? fail() : Reflect.apply(target[name as 'load'], target, args);
					},
	});
	return {
		store,
		inner,
		calls,
		break: () => {
			broken = true;
		},
	};
}
const full = new DOMException('disk full', 'QuotaExceededError');

/** One of each call, with what memory answers to it when nothing was ever written. */
const CALLS: readonly [string, (store: CheckpointStore) => Promise<unknown>, unknown][] = [
	['find', (store) => store.find(everything), []],
	['load', (store) => store.load(id), undefined],
	['create', (store) => store.create(checkpointOf()), undefined],
	['addPart', (store) => store.addPart(id, partOf(1), 1100), false],
	['mark', (store) => store.mark(id, 'completing'), undefined],
	['delete', (store) => store.delete(id), undefined],
	['expired', (store) => store.expired(9999), []],
];

describe('when the store breaks in the middle', () => {
	async function broken() {
		const primary = breakable({ broken: false });
		const { store, warn } = resilient(primary.store);
		await store.create(checkpointOf());
		await store.addPart(id, partOf(1), 1100);
		primary.break();
		await store.addPart(id, partOf(2), 1200);
		return { store, primary, warn };
	}

	test('parts recorded before and after are all known', async () => {
		const { store } = await broken();
		expect(await store.addPart(id, partOf(3), 1300)).toBe(true);
		expect((await store.load(id))?.parts).toEqual([partOf(1), partOf(2), partOf(3)]);
	});

	test('there is one warning in all, with the failure itself', async () => {
		const { store, warn } = await broken();
		await Promise.all([store.addPart(id, partOf(3), 1300), store.find(everything), store.expired(0)]);
		expect(warn.mock.calls).toEqual([[full]]);
	});

	test('parts recorded at the moment it breaks cause one warning', async () => {
		const { store, warn } = resilient(breakable().store);
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

	test('it still hears that an upload is completing, abandoned or gone, so that no later visit resumes a finished one', async () => {
		const { store, primary } = await broken();
		primary.calls.length = 0;
		await store.mark(id, 'completing');
		await store.mark(id, 'abandoned');
		await store.delete(id);
		expect(primary.calls).toEqual(['mark', 'mark', 'delete']);
		expect(await store.load(id)).toBeUndefined();
	});
});

test('an upload resumed from the store is known, with its parts, after the store breaks', async () => {
	const primary = breakable({ broken: false });
	await primary.inner.create(checkpointOf());
	await primary.inner.addPart(id, partOf(4), 1100);
	const { store, clock } = resilient(primary.store);
	await store.load(id);
	primary.break();
	expect(await store.load(id)).toEqual({ checkpoint: checkpointOf(), parts: [partOf(4)] });
	expect(await store.expired(clock.now() + 499), 'a running upload has not expired').toEqual([]);
});

test('an upload that another tab has finished is not brought back by memory, when the store breaks', async () => {
	const primary = breakable({ broken: false });
	const { store, claim } = resilient(primary.store);
	const release = await claim();
	await store.create(checkpointOf());
	release();
	await primary.inner.delete(id);
	expect(await store.load(id)).toBeUndefined();
	primary.break();
	expect(await store.load(id)).toBeUndefined();
	expect(await store.find(everything)).toEqual([]);
});

describe('a store that never answers', () => {
	/** Ticks until `call` has settled, at most twelve. */
	async function ticksOf(clock: ManualClock, call: Promise<unknown>): Promise<number> {
		let isSettled = false;
		void call.finally(() => {
			isSettled = true;
		});
		await settle();
		let count = 0;
		for (; !isSettled && count < 12; count++) await clock.advance(1000);
		return count;
	}

	test.each(CALLS)(
		'%s is waited for ten ticks, then memory answers, with one warning [B1]',
		async (_, call, answer) => {
			const { store, clock, warn } = resilient(breakable({ fail: never }).store);
			const answered = call(store);
			expect(await ticksOf(clock, answered)).toBe(10);
			expect(await answered).toEqual(answer);
			expect(warn.mock.calls).toMatchObject([
				[{ code: 'Storage', message: expect.stringContaining('10 s') }],
			]);
			expect(clock.sleeping, 'no timer is left').toBe(0);
		},
	);

	test('is not waited for again [B1]', async () => {
		const { store, clock, warn } = resilient(breakable({ fail: never }).store);
		await ticksOf(clock, store.expired(0));
		for (const [name, call] of CALLS) expect(await ticksOf(clock, call(store)), name).toBe(0);
		expect(clock.sleeping).toBe(0);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	test('lets those go that came later, when the first has waited long enough [B1]', async () => {
		const { store, clock, warn } = resilient(breakable({ fail: never }).store);
		const first = ticksOf(clock, store.find(everything));
		await clock.advance(4000);
		const later = store.load(id);
		await first;
		expect(await later).toBeUndefined();
		expect(clock.sleeping).toBe(0);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	test('but answers within ten ticks is believed [B1]', async () => {
		let answer: (found: []) => void = () => {};
		const slow = { ...memoryCheckpoints(), find: () => new Promise<[]>((resolve) => (answer = resolve)) };
		const { store, clock, warn } = resilient(slow);
		const found = store.find(everything);
		await clock.advance(9999);
		answer([]);
		expect(await found).toEqual([]);
		await clock.advance(20_000);
		expect(warn).not.toHaveBeenCalled();
		expect(clock.sleeping).toBe(0);
	});

	test('and fails much later does no harm [B1]', async () => {
		let fail: (error: Error) => void = () => {};
		const late = () => new Promise<never>((_, reject) => (fail = reject));
		const { store, clock, warn } = resilient(breakable({ fail: late }).store);
		await ticksOf(clock, store.load(id));
		fail(new Error('too late'));
		// Tried on the broken store, awaited by nobody.
		await store.delete(id);
		fail(new Error('too late'));
		await settle();
		expect(warn).toHaveBeenCalledTimes(1);
	});

	test('and then writes the row of an upload that has ended since: it is deleted there too [B1]', async () => {
		const inner = memoryCheckpoints();
		let begin = () => {};
		const begun = new Promise<void>((resolve) => {
			begin = resolve;
		});
		const create: CheckpointStore['create'] = async (checkpoint) => {
			await begun;
			return inner.create(checkpoint);
		};
		const { store, clock } = resilient({ ...inner, create });
		await ticksOf(clock, store.create(checkpointOf()));
		await store.delete(id);
		begin();
		await settle();
		expect(await inner.load(id)).toBeUndefined();
	});
});

describe('a store that throws', () => {
	const fail = () => {
		throw full;
	};

	test.each(CALLS)('at %s instead of rejecting costs one warning [B1]', async (_, call, answer) => {
		const { store, warn, clock } = resilient(breakable({ fail }).store);
		expect(await call(store)).toEqual(answer);
		expect(warn.mock.calls).toEqual([[full]]);
		expect(clock.sleeping).toBe(0);
	});

	test.each(CALLS)('because it has no %s costs one warning [B1]', async (name, call, answer) => {
		const { store, warn } = resilient({ ...memoryCheckpoints(), [name]: undefined } as never);
		expect(await call(store)).toEqual(answer);
		expect(warn.mock.calls).toMatchObject([[{ name: 'TypeError' }]]);
	});

	test.each([
		['open', fail],
		['close', fail],
		['open', () => Promise.reject(full)],
		['close', () => Promise.reject(full)],
	])('at %s, or rejects there, costs one warning, and memory takes over [B1]', async (name, method) => {
		const primary = breakable({ broken: false });
		const { store, warn } = resilient({
			...memoryCheckpoints(),
			create: primary.store.create,
			[name]: method,
		});
		store.open();
		store.close();
		await settle();
		expect(warn.mock.calls).toEqual([[full]]);
		await store.create(checkpointOf());
		expect(primary.calls).toEqual([]);
		expect(await store.find(everything)).toHaveLength(1);
		expect(() => store.close()).not.toThrow();
	});

	test.each(['open', 'close'])('nothing, but hangs at %s, holds up nobody [B1]', async (name) => {
		const { store, warn } = resilient({ ...memoryCheckpoints(), [name]: never });
		store.open();
		await store.create(checkpointOf());
		store.close();
		expect(await store.find(everything)).toHaveLength(1);
		expect(warn).not.toHaveBeenCalled();
	});
});

describe('a store that answers nonsense', () => {
	const summary = { checkpoint: checkpointOf(), loaded: 0, updatedAt: 1000 };

	test.each([
		['find', undefined],
		['find', null],
		['find', { length: 1 }],
		['find', 'nothing'],
		['expired', undefined],
		['expired', 7],
		['load', { checkpoint: checkpointOf() }],
		['load', { checkpoint: checkpointOf(), parts: 'none' }],
	])(
		'%s: %j costs one warning that says what was expected, and memory takes over [B1]',
		async (name, answer) => {
			const { store, warn } = resilient({ ...memoryCheckpoints(), [name]: async () => answer });
			const call = CALLS.find(([method]) => method === name)?.[1];
			expect(await call?.(store)).toEqual(name === 'load' ? undefined : []);
			expect(warn.mock.calls).toMatchObject([
				[
					{
						code: 'Storage',
						message: expect.stringMatching(/Expected .* to be an array, got .*: mend the store/),
					},
				],
			]);
		},
	);

	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a word', 'row'],
		['a row without fields', {}],
		['a part size of 1', { ...checkpointOf(), partSize: 1 }],
		['half a character', { ...checkpointOf(), key: '\ud800' }],
	])('a checkpoint that is %s counts as absent, without a warning [C6]', async (_, row) => {
		const { store, warn } = resilient({
			...memoryCheckpoints(),
			find: async () => [{ ...summary, checkpoint: row }, summary] as never,
			load: async () => ({ checkpoint: row, parts: [] }) as never,
			expired: async () => [row, checkpointOf()] as never,
		});
		expect(await store.find(everything)).toEqual([summary]);
		expect(await store.load(id)).toBeUndefined();
		expect(await store.expired(9999)).toEqual([checkpointOf()]);
		expect(warn).not.toHaveBeenCalled();
	});

	test('a summary, a part or an id of another kind counts as absent [C6]', async () => {
		const { store, warn } = resilient({
			...memoryCheckpoints(),
			find: async () => [null, { ...summary, loaded: '7' }, { ...summary, updatedAt: Number.NaN }] as never,
			load: async () =>
				({ checkpoint: checkpointOf(), parts: [null, { partNumber: 0 }, partOf(2)] }) as never,
		});
		expect(await store.find(everything)).toEqual([]);
		expect((await store.load(id))?.parts).toEqual([partOf(2)]);
		expect(await store.load('another')).toBeUndefined();
		expect(warn).not.toHaveBeenCalled();
	});

	test('null for an unknown id is what it looks like', async () => {
		const { store, warn } = resilient({ ...memoryCheckpoints(), load: async () => null as never });
		expect(await store.load(id)).toBeUndefined();
		expect(warn).not.toHaveBeenCalled();
	});

	test('what was not asked for is left out: other scopes and buckets, abandoned uploads', async () => {
		const rows = [{ scope: 'user-2' }, { bucket: 'other' }, { abandoned: true }, { key: 'other' }, {}];
		const found = rows.map((changes) => ({ ...summary, checkpoint: checkpointOf(changes) }));
		const { store } = resilient({ ...memoryCheckpoints(), find: async () => found });
		expect(await store.find({ ...everything, key: checkpointOf().key })).toEqual([summary]);
	});

	test('a row of 0.1 from a store of somebody’s own is read as one', async () => {
		const { abandoned: _, notBefore: __, ...row } = checkpointOf();
		const { store } = resilient({
			...memoryCheckpoints(),
			load: async () => ({ checkpoint: { ...row, lastModified: 5 }, parts: [] }) as never,
		});
		expect((await store.load(id))?.checkpoint).toStrictEqual(
			checkpointOf({ notBefore: row.createdAt - 15 * 60_000 }),
		);
	});
});

describe('rows deleted under a running upload [case 59]', () => {
	let primary: CheckpointStore;
	let page: ReturnType<typeof resilient>;
	let release: () => void;

	beforeEach(async () => {
		primary = memoryCheckpoints();
		page = resilient(primary);
		release = await page.claim();
		await page.store.load(id);
		await page.store.create(checkpointOf());
		for (const n of [1, 2]) await page.store.addPart(id, partOf(n), 1000 + n);
	});
	afterEach(() => {
		release();
		expect(page.warn).not.toHaveBeenCalled();
	});

	const partNumbers = async () => (await primary.load(id))?.parts.map(({ partNumber }) => partNumber);

	test('are written again with the next part, all of them', async () => {
		await primary.delete(id);
		expect(await page.store.addPart(id, partOf(3), 1300)).toBe(true);
		expect(await primary.load(id)).toEqual({
			checkpoint: checkpointOf(),
			parts: [1, 2, 3].map((n) => partOf(n)),
		});
		expect(await primary.find(everything), 'touched now').toMatchObject([{ updatedAt: 1300 }]);
	});

	test('are written once, when several parts come at once', async () => {
		await primary.delete(id);
		const create = vi.spyOn(primary, 'create');
		const added = [3, 4, 5, 6].map((n) => page.store.addPart(id, partOf(n), 1300));
		expect(await Promise.all(added)).toEqual([true, true, true, true]);
		expect(await partNumbers()).toEqual([1, 2, 3, 4, 5, 6]);
		expect(create).toHaveBeenCalledTimes(1);
	});

	test('are written once, with those that came meanwhile', async () => {
		await primary.delete(id);
		const inner = primary.create;
		const create = vi.spyOn(primary, 'create').mockImplementation(async (checkpoint) => {
			await settle();
			return inner(checkpoint);
		});
		const first = page.store.addPart(id, partOf(4), 1300);
		await new Promise((resolve) => setImmediate(resolve));
		expect(await Promise.all([first, page.store.addPart(id, partOf(3), 1300)])).toEqual([true, true]);
		expect(await partNumbers()).toEqual([1, 2, 3, 4]);
		expect(create).toHaveBeenCalledTimes(1);
	});

	test.each(['completing', 'abandoned'] as const)(
		'are written again when it is %s, with that mark',
		async (mark) => {
			await primary.delete(id);
			await page.store.mark(id, mark);
			expect(await primary.load(id)).toEqual({
				checkpoint: checkpointOf({ [mark]: true }),
				parts: [partOf(1), partOf(2)],
			});
		},
	);

	test('are written again when it is completing, where no part was recorded', async () => {
		await page.store.create(checkpointOf());
		await primary.delete(id);
		await page.store.mark(id, 'completing');
		expect(await primary.load(id)).toEqual({ checkpoint: checkpointOf({ completing: true }), parts: [] });
	});

	test('are still known to whoever goes on after a pause, or aborts', async () => {
		await primary.delete(id);
		expect(await page.store.load(id)).toEqual({ checkpoint: checkpointOf(), parts: [partOf(1), partOf(2)] });
	});

	test('are written again where the upload was resumed from an earlier visit', async () => {
		const visit = resilient(primary);
		const end = await visit.claim();
		await visit.store.load(id);
		await primary.delete(id);
		expect(await visit.store.addPart(id, partOf(3), 1300)).toBe(true);
		expect(await partNumbers()).toEqual([1, 2, 3]);
		end();
	});

	test('do not come back by a late part, when this page deleted them', async () => {
		await page.store.delete(id);
		expect(await page.store.addPart(id, partOf(3), 1300)).toBe(false);
		await page.store.mark(id, 'completing');
		expect(await primary.load(id)).toBeUndefined();
		expect(await page.store.load(id)).toBeUndefined();
	});

	test('do not come back when this page deletes them while they are written again', async () => {
		await primary.delete(id);
		const added = page.store.addPart(id, partOf(3), 1300);
		await page.store.delete(id);
		await added;
		await settle();
		expect(await primary.load(id)).toBeUndefined();
	});

	test('do not mix with those of an upload that is begun anew meanwhile', async () => {
		await primary.delete(id);
		const inner = primary.create;
		vi.spyOn(primary, 'create').mockImplementationOnce(async (checkpoint) => {
			await inner(checkpoint);
			await settle();
		});
		const added = page.store.addPart(id, partOf(3), 1300);
		await new Promise((resolve) => setImmediate(resolve));
		const fresh = checkpointOf({ uploadId: 'NEW' });
		await page.store.delete(id);
		await page.store.create(fresh);
		await added;
		await settle();
		expect(await primary.load(id)).toEqual({ checkpoint: fresh, parts: [] });
	});

	test('do not come back when the upload was let go: another tab may have finished it', async () => {
		release();
		await primary.delete(id);
		expect(await page.store.addPart(id, partOf(3), 1300)).toBe(false);
		expect(await page.store.load(id)).toBeUndefined();
		const again = await page.claim();
		// The first release, called twice, is not that of the next holder.
		release();
		expect(await page.store.load(id)).toBeUndefined();
		expect(await page.store.addPart(id, partOf(3), 1300)).toBe(false);
		await page.store.create(checkpointOf({ uploadId: 'NEW' }));
		await primary.delete(id);
		expect(await page.store.addPart(id, partOf(1), 1300)).toBe(true);
		expect(await primary.load(id)).toMatchObject({ checkpoint: { uploadId: 'NEW' }, parts: [partOf(1)] });
		again();
	});
});

test('a store that answers nothing to a part, as those of 0.1 do, has recorded it', async () => {
	const primary = memoryCheckpoints();
	const addPart: CheckpointStore['addPart'] = async (...args) => {
		await primary.addPart(...args);
		return undefined as never;
	};
	const create = vi.spyOn(primary, 'create');
	const { store, claim } = resilient({ ...primary, addPart });
	const release = await claim();
	await store.create(checkpointOf());
	expect(await store.addPart(id, partOf(1), 1100)).toBe(true);
	await store.mark(id, 'completing');
	expect(create).toHaveBeenCalledTimes(1);
	release();
});

test('rows deleted under an upload that was waited for are written again too', async () => {
	const primary = memoryCheckpoints();
	const { store } = resilient(primary);
	const release = await store.observe(lock).wait(id, new AbortController().signal);
	await store.create(checkpointOf());
	await primary.delete(id);
	expect(await store.addPart(id, partOf(1), 1100)).toBe(true);
	expect((await primary.load(id))?.parts).toEqual([partOf(1)]);
	release();
	await primary.delete(id);
	expect(await store.addPart(id, partOf(2), 1200), 'it is nobody’s any more').toBe(false);
});

test('an id that somebody else holds is given to nobody', async () => {
	const { store } = resilient(memoryCheckpoints());
	expect(await store.observe({ ...lock, claim: async () => undefined }).claim(id)).toBeUndefined();
});

test.each([
	['that outlives the page is told of', breakable({ broken: false }).store, 1],
	['that could not be written is not', breakable().store, 0],
	['that ends with the page is not', memoryCheckpoints(), 0],
])('a record %s', async (_, primary, times) => {
	const { store, onCreate } = resilient(primary);
	await store.create(checkpointOf());
	expect(onCreate).toHaveBeenCalledTimes(times);
});

test('files are kept by the primary, until that fails: then nothing more is asked of it', async () => {
	const sources = vi.fn(async () => undefined as never);
	const { store, clock, warn } = resilient({ ...memoryCheckpoints(), sources, expired: never });
	await store.sources();
	const expired = store.expired(0);
	await clock.advance(10_000);
	expect(await expired).toEqual([]);
	expect(await store.sources()).toBeUndefined();
	expect(sources).toHaveBeenCalledTimes(1);
	expect(warn).toHaveBeenCalledTimes(1);
});
