import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Emulator } from '../../emulator/index.js';
import type { Credentials, UploadOptions, UploadTask } from '../../src/index.js';
import { bucket, expectStored, fileOf, openWorld, PART, sentParts, whenState, whenStored } from '../page.js';

const SIZE = 6 * PART + 1;
const options = { key: 'k', partSize: PART };

/** A file, and its upload that stands still when it has stored two parts; `page` is another uploader. */
async function running() {
	const world = await openWorld();
	const own = world.page({ parallel: 1 });
	const page = world.page({ parallel: 1 });
	const file = fileOf(SIZE);
	world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
	const stop = new AbortController();
	const first = own.upload(file, { ...options, signal: stop.signal });
	await world.oss.whenArrived(({ operation, partNumber }) => operation === 'UploadPart' && partNumber === 3);
	return { world, own, page, file, first, stop };
}

const rejection = (task: UploadTask) =>
	task.result.then(
		() => undefined,
		(error: unknown) => error,
	);

afterEach(() => {
	vi.unstubAllGlobals();
});

test('by default a second upload of what runs ends in Locked', async () => {
	const { page, file } = await running();
	await expect(page.upload(file, options).result).rejects.toMatchObject({ code: 'Locked' });
});

describe("ifRunning: 'wait'", () => {
	test('it waits, and goes on with what was stopped', async () => {
		const { world, page, file, first, stop } = await running();
		const second = page.upload(file, { ...options, ifRunning: 'wait' });
		const sent = sentParts(second);
		await whenState(second, 'preparing');
		await whenState(second, 'waiting');
		stop.abort();
		expect((await second.result).resumed).toBe(2 * PART);
		expect([...sent]).toEqual([3, 4, 5, 6, 7]);
		expect(first.state).toBe('stopped');
		await expectStored(world, 'k', file);
	});

	test('what was completed is uploaded anew, or not with skipSame', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(SIZE);
		const first = page.upload(file, options);
		const second = page.upload(file, { ...options, ifRunning: 'wait' });
		const third = page.upload(file, { ...options, ifRunning: 'wait', skipSame: true });
		expect((await first.result).skipped).toBe(false);
		expect((await second.result).skipped).toBe(false);
		expect((await third.result).skipped).toBe(true);
		expect(world.count('CompleteMultipartUpload', 200)).toBe(2);
	});

	test('aborted while it waits it ends alone, as stopped', async () => {
		const { world, page, file, first } = await running();
		const second = page.upload(file, { ...options, ifRunning: 'wait' });
		await whenState(second, 'preparing');
		await whenState(second, 'waiting');
		await second.abort();
		expect(second.state).toBe('stopped');
		expect(first.state).toBe('uploading');
		expect(world.oss.uploads(bucket)).toHaveLength(1);
	});
});

describe("ifRunning: 'follow'", () => {
	const follow = { ...options, ifRunning: 'follow' } as const;

	test('it shows what the other does, and ends with its result: nothing is sent twice', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(SIZE);
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'delay', ms: 50 } });
		const first = page.upload(file, options);
		const second = page.upload(file, follow);
		const states: string[] = [];
		const loaded: number[] = [];
		second.on('state', (state) => states.push(state));
		second.on('progress', (progress) => loaded.push(progress.loaded));
		expect(await second.result).toEqual(await first.result);
		expect(states).toContain('uploading');
		expect(states.at(-1)).toBe('done');
		expect(second.progress).toMatchObject({ loaded: SIZE, total: SIZE });
		expect([...loaded].sort((a, b) => a - b)).toEqual(loaded);
		expect(world.storedParts()).toHaveLength(7);
		expect(world.count('CompleteMultipartUpload', 200)).toBe(1);
		await expectStored(world, 'k', file);
	});

	test.each(['the signal', 'abort()', 'close()'])('the other ends by %s: it takes over', async (how) => {
		const { world, file, first, stop, own, page } = await running();
		const second = page.upload(file, follow);
		const sent = sentParts(second);
		await whenState(second, 'uploading');
		if (how === 'the signal') stop.abort();
		else if (how === 'abort()') await first.abort();
		else await own.close();
		expect((await second.result).resumed).toBe(2 * PART);
		expect(first.state).toBe('stopped');
		expect([...sent]).toEqual([3, 4, 5, 6, 7]);
		expect(world.count('InitiateMultipartUpload')).toBe(1);
		await expectStored(world, 'k', file);
	});

	/** The other tells when it is followed, and gets its credentials only then. */
	async function followed(credentialsOf: (oss: Emulator) => Credentials, more: Partial<UploadOptions> = {}) {
		const world = await openWorld();
		let begin = () => {};
		const begun = new Promise<void>((resolve) => {
			begin = resolve;
		});
		const getCredentials = async () => {
			await begun;
			return credentialsOf(world.oss);
		};
		const file = fileOf(SIZE);
		const first = rejection(world.page({ getCredentials }).upload(file, { ...options, ...more }));
		const second = world.page().upload(file, { ...follow, ...more });
		await whenState(second, 'preparing');
		await whenState(second, 'waiting');
		begin();
		return { world, file, first, second };
	}

	test('the other fails before anything was recorded: it uploads by itself', async () => {
		const { world, file, first, second } = await followed(() => {
			throw Object.assign(new Error('signed out'), { retryable: false });
		});
		expect(await first).toMatchObject({ code: 'Credentials' });
		await second.result;
		await expectStored(world, 'k', file);
	});

	test('the object is stored, and its callback failed: both say so, and nothing is sent twice', async () => {
		const callback = { url: 'http://127.0.0.1:1/callback', body: 'uploaded' };
		const { world, first, second } = await followed((oss) => oss.mintCredentials({ ttlSeconds: 900 }), {
			callback,
		});
		const said = { code: 'CallbackFailed', status: 203, result: { key: 'k', size: SIZE } };
		expect(await first).toMatchObject(said);
		expect(await rejection(second)).toMatchObject(said);
		expect(world.count('InitiateMultipartUpload')).toBe(1);
	});

	test('its abort() ends it alone, as stopped, and the other goes on', async () => {
		const { page, file, first } = await running();
		const second = page.upload(file, follow);
		const failure = rejection(second);
		await whenState(second, 'uploading');
		await second.abort();
		expect(second.state).toBe('stopped');
		expect(await failure).toMatchObject({ name: 'AbortError' });
		expect(first.state).toBe('uploading');
		// Nobody follows it any more: now it is dropped.
		await first.abort();
		expect(first.state).toBe('aborted');
	});

	test.each([
		['who runs it first', (tasks: UploadTask[]) => tasks],
		['who follows first', (tasks: UploadTask[]) => tasks.toReversed()],
	])('both are aborted in one turn, %s: nobody goes on, and OSS keeps nothing', async (_, inOrder) => {
		const { world, page, file, first } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		await Promise.all(inOrder([first, second]).map((task) => task.abort()));
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(await page.pending()).toEqual([]);
		expect([first.state, second.state]).toContain('aborted');
	});

	test('all of three are aborted in one turn, and none of them is warned', async () => {
		const { world, page, file, first } = await running();
		const tasks = [first, page.upload(file, follow), world.page().upload(file, follow)];
		await Promise.all(tasks.slice(1).map((task) => whenState(task, 'uploading')));
		const warnings: unknown[] = [];
		for (const task of tasks) task.on('warning', (warning) => warnings.push(warning));
		await Promise.all(tasks.map((task) => task.abort()));
		expect(world.oss.uploads(bucket)).toEqual([]);
		expect(warnings).toEqual([]);
	});

	test('paused it shows nothing, and resumed it goes on', async () => {
		const { page, file, first, stop } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		second.pause();
		expect(second.state).toBe('paused');
		second.resume();
		await whenState(second, 'uploading');
		expect(first.state).toBe('uploading');
		stop.abort();
		expect((await second.result).resumed).toBe(2 * PART);
	});

	test('paused while the other comes to its end, and resumed, it finds the object: nothing is sent again', async () => {
		const { world, page, file, first } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		// By then it has looked, too.
		expect(await page.pending()).toHaveLength(1);
		second.pause();
		first.pause();
		first.resume();
		const { etag } = await first.result;
		const sent = world.storedParts().length;
		second.resume();
		expect(await second.result).toMatchObject({ etag, verified: 'object' });
		expect(world.storedParts()).toHaveLength(sent);
		expect(world.count('CompleteMultipartUpload')).toBe(1);
		await expectStored(world, 'k', file);
	});

	test('paused while the other is aborted, and resumed, it uploads the file', async () => {
		const { world, page, file, first } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		second.pause();
		await first.abort();
		second.resume();
		expect(await second.result).toMatchObject({ key: 'k', resumed: 0 });
		await expectStored(world, 'k', file);
	});

	test('the other is paused: it waits', async () => {
		const { page, file, first } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		first.pause();
		await whenState(second, 'waiting');
		first.resume();
		await whenState(second, 'uploading');
	});

	test.each([
		['meta', { meta: { author: 'a' } }],
		['a callback', { callback: { url: 'https://example.com/', body: 'x=1' } }],
	])('with other words for OSS (%s) it is Locked', async (_, other) => {
		const { page, file } = await running();
		await expect(page.upload(file, { ...follow, ...other }).result).rejects.toMatchObject({ code: 'Locked' });
	});

	test('two follow: one takes over, the other follows that one', async () => {
		const { world, page, file, stop } = await running();
		const [second, third] = [page.upload(file, follow), world.page().upload(file, follow)];
		await whenState(second, 'uploading');
		await whenState(third, 'uploading');
		stop.abort();
		expect(await third.result).toMatchObject({ key: 'k', size: SIZE });
		expect(await second.result).toMatchObject({ key: 'k', size: SIZE });
		expect(world.count('CompleteMultipartUpload', 200)).toBe(1);
		await expectStored(world, 'k', file);
	});

	test('leaving the page of who follows loses nothing, so that it is not asked about', async () => {
		const leaving = new EventTarget();
		vi.stubGlobal('document', {});
		vi.stubGlobal('addEventListener', leaving.addEventListener.bind(leaving));
		vi.stubGlobal('removeEventListener', leaving.removeEventListener.bind(leaving));
		const isAsked = () => {
			const event = new Event('beforeunload', { cancelable: true });
			Object.defineProperty(event, 'returnValue', { writable: true });
			return !leaving.dispatchEvent(event);
		};
		const { world, file, stop } = await running();
		const page = world.page({ warnOnLeave: true });
		const second = page.upload(file, { ...follow, ifRunning: 'wait' });
		await vi.waitUntil(isAsked);
		const third = page.upload(file, follow);
		await whenState(third, 'uploading');
		// What waits would do something of its own.
		expect(isAsked()).toBe(true);
		await second.abort();
		expect(isAsked()).toBe(false);
		world.fault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
		stop.abort();
		await vi.waitUntil(isAsked);
		await page.close();
		await vi.waitUntil(() => !isAsked());
	});

	test('its place is free for others', async () => {
		const { page, file } = await running();
		const second = page.upload(file, follow);
		await whenState(second, 'uploading');
		const other = page.upload(fileOf(SIZE), { ...options, key: 'other' });
		await whenState(other, 'preparing');
	});

	test('two equal files of one page keep two keys', async () => {
		const world = await openWorld();
		const page = world.page();
		const file = fileOf(SIZE);
		const asked: unknown[] = [];
		let count = 0;
		const key = (_: Blob, unfinished: unknown) => {
			asked.push(unfinished);
			return `k-${count++}`;
		};
		const tasks = [1, 2].map(() => page.upload(file, { ...follow, key }));
		const keys = (await Promise.all(tasks.map(({ result }) => result))).map((result) => result.key);
		expect(keys.sort()).toEqual(['k-0', 'k-1']);
		expect(asked).toEqual([undefined, undefined]);
	});
});

test('a file of one part is not asked about', async () => {
	const world = await openWorld();
	const page = world.page();
	const small = fileOf(1000);
	const tasks = [1, 2].map(() => page.upload(small, { key: 'k', ifRunning: 'follow' }));
	await Promise.all(tasks.map(({ result }) => result));
	expect(world.count('PutObject', 200)).toBe(2);
});

test('whenStored is heard of the one that takes over', async () => {
	const { page, file, stop } = await running();
	const second = page.upload(file, { ...options, ifRunning: 'follow' });
	const stored = whenStored(second, 7);
	await whenState(second, 'uploading');
	stop.abort();
	await stored;
	await second.result;
});
