import { afterEach, describe, expect, test, vi } from 'vitest';
import { createUploadLock } from '../../../src/browser/tabs/upload-lock.js';
import { ManualClock, settle } from '../../manual-clock.js';

/** Of a test that cancels nothing. */
const { signal } = new AbortController();

afterEach(() => {
	vi.unstubAllGlobals();
});

/** Web Locks as of another tab: names in `taken` are held elsewhere. */
function stubLocks(taken = new Set<string>()) {
	const request = vi.fn(async (name: string, _: unknown, use: (lock: object | null) => unknown) => {
		if (taken.has(name)) return use(null);
		taken.add(name);
		await use({ name });
		taken.delete(name);
		return undefined;
	});
	const query = async () => ({ held: [...taken].map((name) => ({ name })) });
	vi.stubGlobal('navigator', { locks: { request, query } });
	return { taken, request };
}

describe.each([
	['with Web Locks', () => stubLocks()],
	['without Web Locks (plain http)', () => vi.stubGlobal('navigator', {})],
	['without a navigator', () => vi.stubGlobal('navigator', undefined)],
	[
		'where Web Locks are refused',
		() =>
			vi.stubGlobal('navigator', {
				locks: { request: () => Promise.reject(new DOMException('opaque origin', 'SecurityError')) },
			}),
	],
])('%s', (_, prepare) => {
	test('an id is held once in a page, over all uploaders', async () => {
		prepare();
		const release = await createUploadLock().claim('id');
		expect(release).toBeTypeOf('function');
		expect(await createUploadLock().claim('id')).toBeUndefined();
		release?.();
		const again = await createUploadLock().claim('id');
		expect(again).toBeTypeOf('function');
		again?.();
	});

	test('of two claims in one moment one wins', async () => {
		prepare();
		const lock = createUploadLock();
		const claims = await Promise.all([lock.claim('id'), lock.claim('id')]);
		expect(claims.filter(Boolean)).toHaveLength(1);
		claims.find(Boolean)?.();
	});

	test('a second release does not take the lock from its next holder', async () => {
		prepare();
		const lock = createUploadLock();
		const first = await lock.claim('id');
		first?.();
		const second = await lock.claim('id');
		expect(second).toBeTypeOf('function');
		first?.();
		expect(await lock.claim('id')).toBeUndefined();
		second?.();
	});

	test('who waits is given it when it is released, one after another, in the order of asking', async () => {
		prepare();
		const first = await createUploadLock().claim('id');
		const given: number[] = [];
		const waits = [1, 2].map(async (n) => {
			const release = await createUploadLock().wait('id', signal);
			given.push(n);
			return release;
		});
		await settle();
		expect(given).toEqual([]);
		first?.();
		(await waits[0])?.();
		first?.();
		const last = await waits[1];
		expect(given).toEqual([1, 2]);
		expect(await createUploadLock().claim('id')).toBeUndefined();
		last?.();
		(await createUploadLock().claim('id'))?.();
	});

	test('who waits for what nobody holds has it at once', async () => {
		prepare();
		const release = await createUploadLock().wait('id', signal);
		expect(await createUploadLock().claim('id')).toBeUndefined();
		release();
	});

	test('who no longer waits gets its signal’s reason, and takes no turn', async () => {
		prepare();
		const lock = createUploadLock();
		const first = await lock.claim('id');
		const reason = new Error('enough');
		const gaveUp = new AbortController();
		const wait = lock.wait('id', gaveUp.signal);
		const behind = lock.wait('id', signal);
		gaveUp.abort(reason);
		await expect(wait).rejects.toBe(reason);
		await expect(lock.wait('other', gaveUp.signal)).rejects.toBe(reason);
		(await lock.claim('other'))?.();
		first?.();
		(await behind)();
		(await lock.claim('id'))?.();
	});

	test('what is held here is told, by all locks of the page, until it is released', async () => {
		prepare();
		const release = await createUploadLock().claim('id');
		expect(await createUploadLock().held()).toEqual(new Set(['id']));
		release?.();
		expect(await createUploadLock().held()).toEqual(new Set());
	});

	test('one whose holder lets go of it is told as held no more', async () => {
		prepare();
		const release = await createUploadLock().claim('id');
		createUploadLock().letGo('id');
		const held = await createUploadLock().held();
		release?.();
		expect(held).toEqual(new Set());
	});

	test('one whose holder lets go of it is waited for, and held by one again', async () => {
		prepare();
		const lock = createUploadLock();
		const first = await lock.claim('id');
		lock.letGo('id');
		lock.letGo('id');
		const given: number[] = [];
		const claims = [1, 2].map(async (each) => {
			const release = await createUploadLock().claim('id', signal);
			if (release) given.push(each);
			return release;
		});
		await settle();
		expect(given).toEqual([]);
		first?.();
		const [second, third] = await Promise.all(claims);
		expect({ given, third }).toEqual({ given: [1], third: undefined });
		expect(await createUploadLock().claim('id')).toBeUndefined();
		second?.();
	});

	test('one that is claimed to be let go of is waited for, also while the browser has not answered', async () => {
		prepare();
		const lock = createUploadLock();
		const first = lock.claim('id', signal, true);
		const second = lock.claim('id');
		(await first)?.();
		const release = await second;
		expect(release).toBeTypeOf('function');
		release?.();
	});

	test('who waits for the lock itself has it before those who wait for its holder to let go', async () => {
		prepare();
		const lock = createUploadLock();
		const first = await lock.claim('id', signal, true);
		const claim = lock.claim('id');
		const wait = lock.wait('id', signal);
		first?.();
		expect(await claim).toBeUndefined();
		(await wait)();
	});

	test('who no longer waits for a holder to let go gets its signal’s reason', async () => {
		prepare();
		const lock = createUploadLock();
		const first = await lock.claim('id', signal, true);
		const reason = new Error('enough');
		const gaveUp = new AbortController();
		const claim = lock.claim('id', gaveUp.signal);
		gaveUp.abort(reason);
		await expect(claim).rejects.toBe(reason);
		first?.();
		(await lock.claim('id'))?.();
	});

	test('different ids do not meet', async () => {
		prepare();
		const lock = createUploadLock();
		const claims = await Promise.all([lock.claim('a'), lock.claim('b')]);
		expect(claims.filter(Boolean)).toHaveLength(2);
		for (const release of claims) release?.();
	});
});

test('an id that another tab holds may be claimed later, though it was to be let go of here', async () => {
	const { taken } = stubLocks(new Set(['oss-resumable-upload:id']));
	const lock = createUploadLock();
	expect(await lock.claim('id', signal, true)).toBeUndefined();
	taken.clear();
	const release = await lock.claim('id');
	expect(release).toBeTypeOf('function');
	expect(await lock.claim('id')).toBeUndefined();
	release?.();
});

test('an id held by another tab is not given, and may be claimed when that tab is gone', async () => {
	const { taken } = stubLocks();
	const lock = createUploadLock();
	taken.add('oss-resumable-upload:id');
	expect(await lock.claim('id')).toBeUndefined();
	taken.clear();
	const release = await lock.claim('id');
	expect(release).toBeTypeOf('function');
	release?.();
});

test('of an id that is released the browser tells for a while yet: it is held no more, unless by another tab', async () => {
	const { taken } = stubLocks(new Set(['oss-resumable-upload:other', 'of another library']));
	const lock = createUploadLock();
	const release = await lock.claim('id');
	lock.letGo('id');
	const before = lock.held();
	release?.();
	expect(taken).toContain('oss-resumable-upload:id');
	expect(await lock.held()).toEqual(new Set(['other']));
	expect(await before).toEqual(new Set(['other']));
	taken.add('oss-resumable-upload:id');
	expect(await lock.held()).toEqual(new Set(['other', 'id']));
});

test('an id that this page is to drop, if another tab lets it go, is held by that tab', async () => {
	const { taken } = stubLocks(new Set(['oss-resumable-upload:id']));
	const lock = createUploadLock();
	const claim = lock.claim('id', signal, true);
	expect(await lock.held()).toEqual(new Set(['id']));
	expect(await claim).toBeUndefined();
	expect(taken.size).toBe(1);
});

describe('Web Locks that do not answer [B1]', () => {
	type Use = (lock: object | null) => unknown;

	/** `answer` lets the browser answer the oldest request, and says when it has let go of that lock again. */
	function stubSilentLocks() {
		const asked: { readonly use: Use; readonly end: () => void }[] = [];
		const request = (_: string, __: unknown, use: Use) =>
			new Promise<void>((end) => {
				asked.push({ use, end });
			});
		vi.stubGlobal('navigator', { locks: { request } });
		const answer = async (lock: object | null) => {
			await settle();
			const next = asked.shift();
			const held = Promise.resolve(next?.use(lock)).then(() => next?.end());
			let isHeld = true;
			void held.then(() => {
				isHeld = false;
			});
			await settle();
			return { isHeld: () => isHeld };
		};
		return { asked, answer };
	}

	/** Whether the claim has been answered after so many ticks. */
	async function claimAfter(clock: ManualClock, seconds: number, id: string) {
		let release: (() => void) | undefined;
		let isAnswered = false;
		void createUploadLock(clock)
			.claim(id)
			.then((given) => {
				release = given;
				isAnswered = true;
			});
		await clock.advance(seconds * 1000 - 1);
		const isEarly = isAnswered;
		await clock.advance(1);
		return { isEarly, isAnswered, release: () => release?.(), isGiven: release !== undefined };
	}

	test('are waited for ten ticks, then the page’s own registry has to do', async () => {
		const { answer } = stubSilentLocks();
		const clock = new ManualClock();
		const claim = await claimAfter(clock, 10, 'id');
		expect(claim).toMatchObject({ isEarly: false, isGiven: true });
		expect(await createUploadLock(clock).claim('id'), 'in this page it is held').toBeUndefined();
		claim.release();
		await answer({});
		expect(clock.sleeping).toBe(0);
	});

	test('and give the lock later: it is held until the upload ends', async () => {
		const { answer } = stubSilentLocks();
		const claim = await claimAfter(new ManualClock(), 10, 'id');
		const late = await answer({});
		expect(late.isHeld()).toBe(true);
		claim.release();
		await settle();
		expect(late.isHeld()).toBe(false);
	});

	test('and give the lock when the upload has ended: it is not kept', async () => {
		const { answer } = stubSilentLocks();
		const claim = await claimAfter(new ManualClock(), 10, 'id');
		claim.release();
		expect((await answer({})).isHeld()).toBe(false);
	});

	test('hold up nobody who no longer claims: what they give later goes back at once', async () => {
		const { answer } = stubSilentLocks();
		const reason = new Error('enough');
		const gaveUp = new AbortController();
		const lock = createUploadLock(new ManualClock());
		const claim = lock.claim('id', gaveUp.signal);
		gaveUp.abort(reason);
		await expect(claim).rejects.toBe(reason);
		expect((await answer({})).isHeld()).toBe(false);
		const again = lock.claim('id');
		await answer({});
		(await again)?.();
	});

	test('and refuse later: that changes nothing any more', async () => {
		const { answer } = stubSilentLocks();
		const claim = await claimAfter(new ManualClock(), 10, 'id');
		await answer(null);
		expect(claim.isGiven).toBe(true);
		claim.release();
	});

	test('cost one tick from then on, of other uploads and of the same, until they answer', async () => {
		const { answer, asked } = stubSilentLocks();
		const clock = new ManualClock();
		(await claimAfter(clock, 10, 'id')).release();
		const other = await claimAfter(clock, 1, 'other');
		expect(other).toMatchObject({ isEarly: false, isGiven: true });
		other.release();
		const same = await claimAfter(clock, 1, 'id');
		expect(same).toMatchObject({ isEarly: false, isGiven: true });
		same.release();
		while (asked.length > 0) await answer({});
		const late = await claimAfter(clock, 10, 'id');
		expect(late).toMatchObject({ isEarly: false, isGiven: true });
		late.release();
		while (asked.length > 0) await answer({});
	});

	test('and then do again: an upload released and claimed again in one moment is given', async () => {
		const { request } = stubLocks();
		let wake = () => {};
		const asleep = new Promise<void>((resolve) => {
			wake = resolve;
		});
		const late = async (name: string, options: unknown, use: Use) => {
			await asleep;
			// A real browser lets go a moment after the release.
			return request(name, options, async (lock) => {
				await use(lock);
				await settle();
			});
		};
		vi.stubGlobal('navigator', { locks: { request: late } });
		const clock = new ManualClock();
		(await claimAfter(clock, 10, 'id')).release();
		const second = await claimAfter(clock, 1, 'id');
		wake();
		await vi.waitFor(() => expect(request, 'the second is held').toHaveBeenCalledTimes(2));
		second.release();
		const third = await createUploadLock(clock).claim('id');
		expect(third).toBeTypeOf('function');
		third?.();
	});

	test('keep no wait from its turn longer than a claim', async () => {
		const { answer } = stubSilentLocks();
		const clock = new ManualClock();
		const wait = createUploadLock(clock).wait('id', signal);
		await clock.advance(10_000);
		(await wait)();
		await answer({});
	});

	test('and give the lock when its wait has been aborted: it is not kept', async () => {
		const { answer } = stubSilentLocks();
		const gaveUp = new AbortController();
		const wait = createUploadLock(new ManualClock()).wait('id', gaveUp.signal);
		await settle();
		gaveUp.abort();
		await expect(wait).rejects.toBe(gaveUp.signal.reason);
		expect((await answer({})).isHeld()).toBe(false);
	});

	test('which uploads are held are waited for ten ticks, then what this page holds is told', async () => {
		stubLocks();
		const release = await createUploadLock().claim('id');
		vi.stubGlobal('navigator', { locks: { ...navigator.locks, query: () => new Promise(() => {}) } });
		const clock = new ManualClock();
		const told = vi.fn();
		const held = createUploadLock(clock).held().then(told);
		await clock.advance(9999);
		expect(told).not.toHaveBeenCalled();
		await clock.advance(1);
		await held;
		expect(told).toHaveBeenCalledWith(new Set(['id']));
		release?.();
		// It answers again: the next claim has its ten ticks.
		stubLocks();
		(await createUploadLock().claim('id'))?.();
	});

	test('for an upload that another tab holds, but within ten ticks, are believed', async () => {
		const { answer } = stubSilentLocks();
		const clock = new ManualClock();
		const claim = createUploadLock(clock).claim('id');
		await clock.advance(9999);
		await answer(null);
		expect(await claim).toBeUndefined();
		expect(clock.sleeping).toBe(0);
	});
});
