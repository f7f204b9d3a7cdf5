import { afterEach, describe, expect, test, vi } from 'vitest';
import { UploadError } from '../../src/base/errors.js';
import { lazy } from '../../src/base/lazy.js';

afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

const cause = new TypeError('Failed to fetch dynamically imported module: https://app.test/chunk.js');
const missing = () => vi.fn(() => Promise.reject<never>(cause));

/** A page, and what its own server does when it is asked. */
function page(onLine: boolean, server: () => Promise<unknown>) {
	const fetch = vi.fn((_url: string, _init: RequestInit) => server());
	vi.stubGlobal('location', { origin: 'https://app.test' });
	vi.stubGlobal('navigator', { onLine });
	vi.stubGlobal('fetch', fetch);
	return fetch;
}

const module = { exported: 1 };
const answers = async () => ({ status: 404 });
const isAway = () => Promise.reject(new TypeError('Failed to fetch'));
const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

test('what is there is loaded, and nobody else is asked', async () => {
	const fetch = page(true, answers);
	expect(await lazy(async () => module)()).toBe(module);
	expect(fetch).not.toHaveBeenCalled();
});

test('what has come is kept: it is not asked for again, also while nothing can be reached', async () => {
	const load = vi.fn(async () => module);
	page(true, answers);
	const ask = lazy(load);
	await ask();
	const fetch = page(false, isAway);
	expect(await ask()).toBe(module);
	expect(load).toHaveBeenCalledTimes(1);
	expect(fetch).not.toHaveBeenCalled();
});

test.each([
	['Network', isAway],
	['Unsupported', answers],
])('nothing is kept of a failure: whoever asks after %s has it loaded', async (code, server) => {
	page(true, server);
	const load = vi.fn(async () => module).mockRejectedValueOnce(cause);
	const ask = lazy(load);
	expect(await failureOf(ask())).toMatchObject({ code });
	expect(await ask()).toBe(module);
});

test('a file that is gone from a server that answers is Unsupported: reload the page [A5]', async () => {
	const fetch = page(true, answers);
	const error = await failureOf(lazy(missing())());
	expect(error).toBeInstanceOf(UploadError);
	expect(error).toMatchObject({ code: 'Unsupported', retryable: false, cause });
	expect(String(error)).toContain('a new version of the page was deployed: reload the page');
	expect(fetch.mock.calls[0]).toMatchObject(['https://app.test/', { method: 'HEAD', cache: 'no-store' }]);
});

test('on a dead line that the browser calls online it is Network, to be tried again [A5] [B4]', async () => {
	page(true, isAway);
	const error = await failureOf(lazy(missing())());
	expect(error).toMatchObject({ code: 'Network', retryable: true, cause });
});

test('a file that never comes is Network after 30 s, to be tried again, whether the server answers or not', async () => {
	vi.useFakeTimers();
	const fetch = page(true, answers);
	const outcome = vi.fn();
	lazy(() => new Promise<never>(() => {}))().catch(outcome);
	await vi.advanceTimersByTimeAsync(29_999);
	expect(outcome).not.toHaveBeenCalled();
	await vi.advanceTimersByTimeAsync(1);
	expect(outcome.mock.calls).toMatchObject([[{ code: 'Network', retryable: true }]]);
	expect(fetch).not.toHaveBeenCalled();
});

test('one that comes, or fails, leaves no timer', async () => {
	vi.useFakeTimers();
	page(true, answers);
	await lazy(async () => module)();
	await failureOf(lazy(missing())());
	expect(vi.getTimerCount()).toBe(0);
});

describe('while the browser says that it is offline [A5]', () => {
	test('nothing is loaded, since the browser might keep the failure, and it is Network', async () => {
		page(false, isAway);
		const load = missing();
		expect(await failureOf(lazy(load)())).toMatchObject({ code: 'Network', retryable: true });
		expect(load).not.toHaveBeenCalled();
	});

	test('a server that answers all the same is believed', async () => {
		page(false, answers);
		expect(await lazy(async () => module)()).toBe(module);
		expect(await failureOf(lazy(missing())())).toMatchObject({ code: 'Network', retryable: true, cause });
	});
});

test('a loader that throws instead of rejecting is told no other way', async () => {
	page(true, answers);
	const error = await failureOf(
		lazy(() => {
			throw cause;
		})(),
	);
	expect(error).toMatchObject({ code: 'Unsupported', cause });
});

test('where there is no server to ask, as in a file or in Node, what does not load is Unsupported', async () => {
	vi.stubGlobal('location', { origin: 'null' });
	expect(await failureOf(lazy(missing())())).toMatchObject({ code: 'Unsupported' });
	vi.stubGlobal('location', undefined);
	expect(await failureOf(lazy(missing())())).toMatchObject({ code: 'Unsupported' });
});

describe('in a service worker [D5]', () => {
	test.each([true, false])(
		'which forbids import(), it is Unsupported at once and says where to go, onLine %s',
		async (onLine) => {
			const fetch = page(onLine, isAway);
			vi.stubGlobal('ServiceWorkerGlobalScope', class {});
			const error = await failureOf(lazy(missing())());
			expect(error).toMatchObject({ code: 'Unsupported', retryable: false });
			expect(String(error)).toContain('from a page or a worker');
			expect(fetch).not.toHaveBeenCalled();
		},
	);

	test('what was bundled with it loads', async () => {
		vi.stubGlobal('ServiceWorkerGlobalScope', class {});
		expect(await lazy(async () => module)()).toBe(module);
	});
});
