import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type FaultAction, startEmulator } from '../../emulator/index.js';
import { OssClient } from './oss-client.js';

let emulator: Emulator;
let oss: OssClient;
beforeEach(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
});
afterEach(() => emulator.close());

const onPut = (action: FaultAction) => emulator.addFault({ operation: 'PutObject', action });

describe('answer-as: something that is not OSS answers', () => {
	const origin = 'http://page.test';
	const put = () => oss.say({ method: 'PUT', key: 'k', body: 'hello', headers: { origin } });
	const KINDS = [
		['html', 200],
		['empty', 200],
		['no-content', 204],
		['redirect', 307],
	] as const;

	test.each(KINDS)(
		'%s: %i, readable, with no header of OSS; OSS never saw the request',
		async (as, status) => {
			onPut({ type: 'answer-as', as });
			const answer = await put();
			expect(answer.status).toBe(status);
			expect(answer.headers['access-control-allow-origin']).toBe('*');
			const names = Object.keys(answer.headers);
			expect(names.filter((name) => /^(x-oss-|etag|content-md5|server|date)/.test(name))).toEqual([]);
			expect(await emulator.object('examplebucket', 'k')).toBeUndefined();
			expect(emulator.requests).toMatchObject([{ status, stored: false, bytes: 5, faulted: 'answer-as' }]);
			expect((await put()).headers['x-oss-request-id']).toBeTruthy();
		},
	);

	test.each(KINDS)('%s with `applied`: OSS stored it, and its own answer was lost', async (as, status) => {
		onPut({ type: 'answer-as', as, applied: true });
		const answer = await put();
		expect(answer.status).toBe(status);
		expect(answer.headers['x-oss-request-id']).toBeUndefined();
		expect(await emulator.object('examplebucket', 'k')).toMatchObject({ size: 5 });
		expect(emulator.requests).toMatchObject([{ status, stored: true }]);
	});

	test('a page is HTML, an empty answer has no byte, a redirect leads nowhere in this world', async () => {
		for (const as of ['html', 'empty', 'redirect'] as const) onPut({ type: 'answer-as', as });
		emulator.clearFaults();
		onPut({ type: 'answer-as', as: 'html', body: '<h1>Offline</h1>', status: 504 });
		const page = await put();
		expect(page).toMatchObject({ status: 504, text: '<h1>Offline</h1>' });
		expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
		onPut({ type: 'answer-as', as: 'empty' });
		expect(await put()).toMatchObject({ text: '', headers: { 'content-length': '0' } });
		onPut({ type: 'answer-as', as: 'redirect' });
		expect(new URL((await put()).headers.location ?? '').hostname).toMatch(/\.invalid$/);
		onPut({ type: 'answer-as', as: 'redirect', status: 302, location: '/login' });
		expect(await put()).toMatchObject({ status: 302, headers: { location: '/login' } });
	});

	test('without `cors` no page of another origin may read it', async () => {
		onPut({ type: 'answer-as', as: 'html', cors: false });
		expect((await put()).headers['access-control-allow-origin']).toBeUndefined();
	});

	test('where the bucket’s rules do not match, nobody may read it either', async () => {
		emulator.setCors(false);
		onPut({ type: 'answer-as', as: 'empty' });
		expect((await put()).headers['access-control-allow-origin']).toBeUndefined();
	});

	test('it strikes an operation whose answer is XML, and leaves the upload as it was', async () => {
		const { uploadId, parts } = await oss.uploaded('k', ['hello']);
		const operation = 'CompleteMultipartUpload';
		emulator.addFault({ operation, action: { type: 'answer-as', as: 'empty' } });
		expect((await oss.complete('k', uploadId, parts)).text).toBe('');
		expect(emulator.uploads('examplebucket')).toMatchObject([{ uploadId }]);
		emulator.addFault({ operation, action: { type: 'answer-as', as: 'html', applied: true } });
		await oss.complete('k', uploadId, parts);
		expect(emulator.uploads('examplebucket')).toEqual([]);
		expect(await emulator.object('examplebucket', 'k')).toMatchObject({ size: 5 });
	});
});
