import { afterEach, expect, test, vi } from 'vitest';
import { browserConnectivity } from '../../../src/browser/network/online.js';

afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

const goOffline = () => vi.stubGlobal('navigator', { onLine: false });

test('an offline machine is waited for until it is online', async () => {
	goOffline();
	expect(browserConnectivity.isOnline()).toBe(false);
	const online = browserConnectivity.whenOnline(new AbortController().signal);
	vi.stubGlobal('navigator', { onLine: true });
	globalThis.dispatchEvent(new Event('online'));
	await expect(online).resolves.toBeUndefined();
});

test('online, there is nothing to wait for', async () => {
	vi.stubGlobal('navigator', { onLine: true });
	await expect(browserConnectivity.whenOnline(new AbortController().signal)).resolves.toBeUndefined();
});

test.each([
	['no navigator', undefined],
	['a navigator that does not know', {}],
])('%s counts as online', (_, navigator) => {
	vi.stubGlobal('navigator', navigator);
	expect(browserConnectivity.isOnline()).toBe(true);
});

test('an aborted wait rejects with the reason itself and leaves no listener', async () => {
	goOffline();
	const added = vi.spyOn(globalThis, 'addEventListener');
	const removed = vi.spyOn(globalThis, 'removeEventListener');
	const controller = new AbortController();
	const online = browserConnectivity.whenOnline(controller.signal);
	const reason = new Error('mine');
	controller.abort(reason);
	await expect(online).rejects.toBe(reason);
	expect(removed.mock.calls[0]?.slice(0, 2)).toEqual(added.mock.calls[0]?.slice(0, 2));
});

test('under an aborted signal nothing is waited for', async () => {
	goOffline();
	const added = vi.spyOn(globalThis, 'addEventListener');
	await expect(browserConnectivity.whenOnline(AbortSignal.abort('mine'))).rejects.toBe('mine');
	expect(added).not.toHaveBeenCalled();
});
