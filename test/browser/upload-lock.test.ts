import { afterEach, describe, expect, test, vi } from 'vitest';
import { createUploadLock } from '../../src/browser/upload-lock.js';

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
	vi.stubGlobal('navigator', { locks: { request } });
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

	test('different ids do not meet', async () => {
		prepare();
		const lock = createUploadLock();
		const claims = await Promise.all([lock.claim('a'), lock.claim('b')]);
		expect(claims.filter(Boolean)).toHaveLength(2);
		for (const release of claims) release?.();
	});
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
