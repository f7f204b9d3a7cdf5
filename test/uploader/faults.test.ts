import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../emulator/index.js';
import {
	bucket,
	expectStored,
	fileOf,
	interrupted,
	KiB,
	MiB,
	openWorld,
	PART,
	sentParts,
	whenState,
} from '../page.js';

describe('a request that fails and passes', () => {
	test.each<[string, FaultAction]>([
		['500', { type: 'status', status: 500 }],
		[
			'503 with a wish',
			{ type: 'status', status: 503, code: 'ServiceUnavailable', headers: { 'x-oss-qos-delay-time': '2' } },
		],
		['429', { type: 'status', status: 429, code: 'TooManyRequests' }],
		['400 RequestTimeout', { type: 'status', status: 400, code: 'RequestTimeout' }],
		['a connection cut at its beginning', { type: 'cut' }],
		['a connection cut in the middle', { type: 'cut', afterBytes: 50 * KiB }],
		['an answer that is lost', { type: 'drop-reply' }],
		['a stored part that differs', { type: 'corrupt' }],
		['an empty 200', { type: 'replace-body', body: '' }],
		[
			'HTML from a proxy',
			{ type: 'replace-body', status: 502, body: '<html><body>Bad gateway</body></html>' },
		],
		...[200, 502, 503].map((status): [string, FaultAction] => [
			`a page (${status}) longer than any answer of OSS`,
			{ type: 'answer-as', as: 'html', status, body: 'x'.repeat(1.2 * MiB) },
		]),
		['a redirect', { type: 'answer-as', as: 'redirect' }],
	])('%s: each operation is sent again until it succeeds', async (_, action) => {
		const world = await openWorld();
		const file = fileOf(5 * PART + 7);
		const page = world.page({ parallel: 2 });
		// Something answers first, so that a cut connection is not taken for a missing CORS rule.
		await page.upload(fileOf(5), { key: 'first' }).result;
		for (const operation of ['InitiateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const) {
			if (action.type === 'corrupt' && operation !== 'UploadPart') continue;
			world.fault({ operation, action });
		}
		world.fault({ operation: 'UploadPart', partNumber: 4, times: 2, action });
		const result = await page.upload(file, { key: 'k', partSize: PART }).result;
		expect(result.verified).toBe('object');
		const object = await world.oss.object(bucket, 'k');
		expect(object?.size).toBe(file.size);
		expect(object?.crc64).toBe(result.crc64);
		expect(world.count('CompleteMultipartUpload', 200)).toBeLessThanOrEqual(2);
	});

	test('[case 13] each attempt is signed afresh', async () => {
		const world = await openWorld();
		const dates: string[] = [];
		world.fault({ operation: 'PutObject', times: 2, action: { type: 'status', status: 500 } });
		let now = Date.now();
		const real = Date.now;
		Date.now = () => (now += 2000);
		try {
			await world.page().upload(fileOf(5), { key: 'k' }).result;
		} finally {
			Date.now = real;
		}
		for (const { headers } of world.oss.requests) dates.push(headers['x-oss-date'] ?? '');
		expect(new Set(dates).size).toBe(3);
	});

	test('a long page that stays ends in an error that says what it was', async () => {
		const world = await openWorld();
		const action: FaultAction = { type: 'answer-as', as: 'html', body: 'x'.repeat(1.2 * MiB) };
		world.fault({ operation: 'PutObject', times: 'always', action });
		const { result } = world.page().upload(fileOf(5), { key: 'k' });
		await expect(result).rejects.toMatchObject({ code: 'Service', status: 200, retryable: true });
		await expect(result).rejects.toThrow(
			/^PutObject got 200 text\/html .*Look for what answers in its place/,
		);
		expect(world.count('PutObject')).toBe(6);
	});

	test('a redirect that stays ends in an error that names the host, and is never followed', async () => {
		const world = await openWorld();
		world.fault({ operation: 'PutObject', times: 'always', action: { type: 'answer-as', as: 'redirect' } });
		const { result } = world.page().upload(fileOf(5), { key: 'k' });
		await expect(result).rejects.toMatchObject({ code: 'Service', retryable: true });
		await expect(result).rejects.toThrow(/^127\.0\.0\.1:\d+ redirects to another address/);
		expect(world.oss.requests).toHaveLength(6);
	});

	test('a failure that does not pass ends in the error of OSS, after as many attempts as allowed', async () => {
		const world = await openWorld();
		world.fault({
			operation: 'UploadPart',
			times: 'always',
			action: { type: 'status', status: 500, code: 'InternalError' },
		});
		const task = world.page({ parallel: 1 }).upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await expect(task.result).rejects.toMatchObject({
			code: 'Service',
			status: 500,
			ossCode: 'InternalError',
			requestId: expect.any(String),
		});
		expect(world.count('UploadPart')).toBe(6);
		expect(task.state).toBe('failed');
	});

	test('[case 34] a failed upload keeps its checkpoint, and a new upload() resumes', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		const page = world.page({ parallel: 1 });
		world.fault({
			operation: 'UploadPart',
			partNumber: 3,
			times: 6,
			action: { type: 'status', status: 500 },
		});
		await expect(page.upload(file, { key: 'k', partSize: PART }).result).rejects.toMatchObject({
			status: 500,
		});
		const result = await page.upload(file, { key: 'k', partSize: PART }).result;
		expect(result.resumed).toBe(2 * PART);
		await expectStored(world, 'k', file);
	});

	test("[case 17] one part's failure loses no sibling's success", async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		const page = world.page({ parallel: 3 });
		world.fault({
			operation: 'UploadPart',
			partNumber: 1,
			action: { type: 'status', status: 403, code: 'AccessDenied' },
		});
		world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'delay', ms: 50 } });
		await expect(page.upload(file, { key: 'k', partSize: PART }).result).rejects.toMatchObject({
			ossCode: 'AccessDenied',
		});
		expect((await page.pending())[0]?.loaded).toBe(2 * PART);
	});

	test('a code that waiting does not change fails at once', async () => {
		const world = await openWorld();
		world.fault({
			operation: 'InitiateMultipartUpload',
			action: { type: 'status', status: 403, code: 'KmsServiceNotEnabled' },
		});
		await expect(
			world.page().upload(fileOf(3 * PART), { key: 'k', partSize: PART }).result,
		).rejects.toMatchObject({
			ossCode: 'KmsServiceNotEnabled',
		});
		expect(world.count('InitiateMultipartUpload')).toBe(1);
	});

	test('a bucket that does not exist: 404 NoSuchBucket', async () => {
		const world = await openWorld();
		const page = world.page({ bucket: 'another-bucket' });
		await expect(page.upload(fileOf(5), { key: 'k' }).result).rejects.toMatchObject({
			status: 404,
			ossCode: 'NoSuchBucket',
		});
	});
});

describe('Complete', () => {
	// With one slot the HEAD must not wait for the slot of the Complete that it is asked for.
	test.each([5, 1])(
		'[case 26] whose reply is lost: HEAD decides, and nothing is sent again (parallel %d)',
		async (parallel) => {
			const world = await openWorld();
			const file = fileOf(4 * PART);
			world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'drop-reply' } });
			const task = world.page({ parallel }).upload(file, { key: 'k', partSize: PART });
			const sent = sentParts(task);
			expect((await task.result).verified).toBe('object');
			expect(sent).toHaveLength(4);
			expect(world.count('HeadObject')).toBe(1);
			expect(world.count('InitiateMultipartUpload')).toBe(1);
			await expectStored(world, 'k', file);
		},
	);

	test('[case 26] whose reply was lost with the page: the next page asks HEAD, and is done', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'hang', applied: true } });
		const page = world.page();
		page.upload(file, { key: 'k', partSize: PART });
		await world.oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
		while ((await world.oss.object(bucket, 'k')) === undefined) await new Promise(setImmediate);
		await page.close();
		const task = world.page().upload(file, { key: 'k', partSize: PART });
		const sent = sentParts(task);
		expect(await task.result).toMatchObject({ verified: 'object', resumed: file.size });
		expect(sent).toEqual([]);
		await expectStored(world, 'k', file);
	});

	test('[case 26] whose reply is lost, and HEAD is refused: UploadGone, and no second upload', async () => {
		const world = await openWorld();
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'drop-reply' } });
		const getCredentials = () => world.oss.mintCredentials({ policy: ['oss:PutObject'] });
		const task = world.page({ getCredentials }).upload(fileOf(4 * PART), { key: 'k', partSize: PART });
		await expect(task.result).rejects.toMatchObject({ code: 'UploadGone' });
		expect(world.count('InitiateMultipartUpload')).toBe(1);
	});

	test.each([400, 403, 404, 405])(
		'[case 26] whose reply is lost, and somebody else answers the HEAD (%i): OSS is asked again',
		async (status) => {
			const world = await openWorld();
			const file = fileOf(4 * PART);
			world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'drop-reply' } });
			world.fault({ operation: 'HeadObject', action: { type: 'answer-as', as: 'html', status } });
			const task = world.page().upload(file, { key: 'k', partSize: PART, forbidOverwrite: true });
			expect((await task.result).verified).toBe('object');
			expect(world.storedParts()).toHaveLength(4);
			expect(world.count('HeadObject')).toBe(2);
			await expectStored(world, 'k', file);
		},
	);

	test('[case 27] answered 200 with an error body is sent again', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		world.fault({
			operation: 'CompleteMultipartUpload',
			action: {
				type: 'status',
				status: 200,
				body: '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>x</Message></Error>',
			},
		});
		await world.page().upload(file, { key: 'k', partSize: PART }).result;
		expect(world.count('CompleteMultipartUpload')).toBe(2);
		await expectStored(world, 'k', file);
	});

	test('InvalidPart: what OSS holds is compared, what differs is sent again, once', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		world.fault({
			operation: 'CompleteMultipartUpload',
			action: { type: 'status', status: 400, code: 'InvalidPart' },
		});
		await world.page().upload(file, { key: 'k', partSize: PART }).result;
		expect(world.count('ListParts')).toBe(1);
		await expectStored(world, 'k', file);
	});

	test('InvalidPart that stays: the error of OSS', async () => {
		const world = await openWorld();
		world.fault({
			operation: 'CompleteMultipartUpload',
			times: 'always',
			action: { type: 'status', status: 400, code: 'InvalidPart' },
		});
		await expect(
			world.page().upload(fileOf(4 * PART), { key: 'k', partSize: PART }).result,
		).rejects.toMatchObject({ ossCode: 'InvalidPart' });
		expect(world.count('CompleteMultipartUpload')).toBe(2);
	});

	test('an object that differs as a whole: ChecksumMismatch, and nothing of it counts as stored', async () => {
		const world = await openWorld();
		world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'corrupt' } });
		const page = world.page();
		await expect(page.upload(fileOf(4 * PART), { key: 'k', partSize: PART }).result).rejects.toMatchObject({
			code: 'ChecksumMismatch',
		});
		expect(await page.pending()).toMatchObject([{ key: 'k', loaded: 0 }]);
	});
});

describe('PutObject', () => {
	test.each([0, 1, 99 * KiB, PART])(
		'[case 35] a file of %d bytes goes out in one request, and nothing is kept of it',
		async (size) => {
			const world = await openWorld();
			const file = fileOf(size);
			const task = world.page().upload(file, { key: 'k', partSize: PART });
			expect(await task.result).toMatchObject({ size, verified: 'object', resumed: 0 });
			expect(world.oss.requests.map(({ operation }) => operation)).toEqual(['PutObject']);
			expect(world.oss.requests[0]?.headers).not.toHaveProperty('content-md5');
			expect(task.checkpointId).toBeUndefined();
			expect(task.progress).toMatchObject({ loaded: size, total: size, partsDone: 1, partsTotal: 1 });
			await expectStored(world, 'k', file);
		},
	);

	test.each([PART + 1, 2 * PART, 3 * PART - 1])(
		'[case 35] a file of %d bytes in parts of 100 KiB',
		async (size) => {
			const world = await openWorld();
			const file = fileOf(size);
			await world.page().upload(file, { key: 'k', partSize: PART }).result;
			expect(world.storedParts()).toHaveLength(Math.ceil(size / PART));
			await expectStored(world, 'k', file);
		},
	);

	test('[A3] that forbids to overwrite, and whose reply is lost: it is sent again, refused, and HEAD decides', async () => {
		const world = await openWorld();
		const file = fileOf(500);
		const page = world.page();
		world.fault({ operation: 'PutObject', action: { type: 'drop-reply' } });
		expect((await page.upload(file, { key: 'k', forbidOverwrite: true }).result).verified).toBe('object');
		expect(world.count('PutObject')).toBe(2);
		expect(world.count('HeadObject')).toBe(1);
		await expectStored(world, 'k', file);
	});

	test('[A2] whose reply is lost, or that never arrived, is sent again: the object has the settings asked for', async () => {
		for (const type of ['drop-reply', 'cut'] as const) {
			const world = await openWorld();
			const file = fileOf(500);
			const page = world.page();
			await page.upload(file, { key: 'k', meta: { v: 'one' } }).result;
			world.fault({ operation: 'PutObject', action: { type } });
			await page.upload(file, { key: 'k', meta: { v: 'two' } }).result;
			expect((await world.oss.object(bucket, 'k'))?.headers).toMatchObject({ 'x-oss-meta-v': 'two' });
			expect(world.count('HeadObject')).toBe(0);
		}
	});

	test('is aborted and begun again by pause and resume', async () => {
		const world = await openWorld();
		const file = fileOf(500);
		world.fault({ operation: 'PutObject', action: { type: 'hang' } });
		const task = world.page().upload(file, { key: 'k' });
		await world.oss.whenArrived(({ operation }) => operation === 'PutObject');
		task.pause();
		expect(task.state).toBe('paused');
		task.resume();
		await task.result;
		await expectStored(world, 'k', file);
	});
});

describe('the callback', () => {
	test("that succeeds: its server's own answer comes back", async () => {
		const world = await openWorld();
		const bodies: string[] = [];
		const server = createServer((request, response) => {
			request.on('data', (chunk) => bodies.push(String(chunk)));
			request.on('end', () => response.end('{"Status":"OK"}'));
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const answering = { url: `http://127.0.0.1:${port}/`, body: 'uploaded', vars: { who: 'ann' } };
		try {
			const page = world.page();
			const inParts = await page.upload(fileOf(4 * PART), { key: 'k', partSize: PART, callback: answering })
				.result;
			const inOne = await page.upload(fileOf(5), { key: 'l', callback: answering }).result;
			expect([inParts.callback, inOne.callback]).toEqual(['{"Status":"OK"}', '{"Status":"OK"}']);
			expect(bodies).toEqual(['uploaded', 'uploaded']);
		} finally {
			server.close();
		}
	});

	const callback = { url: 'http://127.0.0.1:1/callback', body: 'uploaded' };

	test('[case 28] that fails: CallbackFailed carries the result, since the object is stored', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		const task = world.page().upload(file, { key: 'k', partSize: PART, callback });
		await expect(task.result).rejects.toMatchObject({
			code: 'CallbackFailed',
			status: 203,
			result: { key: 'k', size: file.size, verified: 'parts' },
		});
		await expectStored(world, 'k', file);
	});
});

describe('offline', () => {
	test('[case 20] waits in the state offline and spends no budget', async () => {
		const world = await openWorld();
		const file = fileOf(4 * PART);
		const page = world.page({ parallel: 1 });
		await page.upload(fileOf(5), { key: 'first' }).result;
		Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true });
		const events = new EventTarget();
		const target = globalThis as unknown as Record<string, unknown>;
		target.addEventListener = events.addEventListener.bind(events);
		target.removeEventListener = events.removeEventListener.bind(events);
		try {
			world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'cut' } });
			const task = page.upload(file, { key: 'k', partSize: PART });
			await whenState(task, 'offline');
			expect(task.progress.partsDone).toBe(1);
			Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
			events.dispatchEvent(new Event('online'));
			await task.result;
			await expectStored(world, 'k', file);
		} finally {
			for (const name of ['navigator', 'addEventListener', 'removeEventListener']) delete target[name];
		}
	});
});

test('a page that dies between the last part and Complete leaves what the next one needs', async () => {
	const world = await openWorld();
	const file = fileOf(4 * PART);
	world.fault({ operation: 'CompleteMultipartUpload', action: { type: 'cut' } });
	const page = world.page();
	page.upload(file, { key: 'k', partSize: PART });
	await world.oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
	await page.close();
	const task = world.page().upload(file, { key: 'k', partSize: PART });
	expect((await task.result).resumed).toBe(file.size);
	await expectStored(world, 'k', file);
});

test('interrupted twice, it still sends each part once', async () => {
	const world = await openWorld();
	const file = fileOf(9 * PART);
	await interrupted(world, file, { key: 'k' }, { parts: 2 });
	await interrupted(world, file, { key: 'k' }, { parts: 5 });
	await world.page().upload(file, { key: 'k', partSize: PART }).result;
	expect([...world.storedParts()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	await expectStored(world, 'k', file);
});
