import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, type StsCredentials, startEmulator } from '../../emulator/index.js';
import { OssClient } from './oss-client.js';

let emulator: Emulator;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator();
	oss = new OssClient(emulator);
});
afterAll(() => emulator.close());

const control = (method: string, path: string, body?: unknown): Promise<Response> =>
	fetch(`${emulator.url}/-/${path}`, {
		method,
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});

test('mints credentials with a life and a policy', async () => {
	const response = await control('POST', 'sts?ttl=60&policy=oss:ListParts,AbortMultipartUpload');
	expect(response.headers.get('access-control-allow-origin')).toBe('*');
	const credentials: StsCredentials = await response.json();
	expect(Math.round((Date.parse(credentials.expiration) - Date.now()) / 1000)).toBe(60);
	const answer = await new OssClient(emulator, credentials).put('k');
	expect(answer.xml('Code')).toBe('AccessDenied');
});

test.each(['sts?ttl=soon', 'sts?policy=Everything', 'clock?skew=', 'sts?ttl=%ff'])(
	'POST %s is refused with the reason',
	async (path) => {
		const response = await control('POST', path);
		expect(response.status).toBe(400);
		expect((await response.json()).message).toBeTruthy();
	},
);

test('takes faults and clears them', async () => {
	const rule = { operation: 'PutObject', times: 'always', action: { type: 'status', status: 500 } };
	expect((await control('POST', 'faults', [rule])).status).toBe(204);
	expect((await oss.put('k')).status).toBe(500);
	expect((await control('DELETE', 'faults')).status).toBe(204);
	expect((await oss.put('k')).status).toBe(200);
});

test.each([{}, { action: 'cut' }, { action: { type: 'burn' } }, { action: { type: 'delay' } }, null, [{}]])(
	'%j is no fault rule',
	async (rule) => {
		expect((await control('POST', 'faults', rule)).status).toBe(400);
	},
);

test('shows the requests, without any secret, and forgets them', async () => {
	await control('DELETE', 'requests');
	const credentials = emulator.mintCredentials();
	await new OssClient(emulator, credentials).put('logged', 'hello', { 'x-oss-meta-a': 'b' });
	const text = await (await control('GET', 'requests')).text();
	expect(JSON.parse(text)).toMatchObject([
		{
			operation: 'PutObject',
			key: 'logged',
			bytes: 5,
			status: 200,
			stored: true,
			authorization: 'v4-header',
			headers: { 'x-oss-meta-a': 'b' },
		},
	]);
	expect(text).not.toContain(credentials.securityToken);
	expect(text).not.toContain(credentials.accessKeySecret);
	expect(await (await control('GET', 'stats')).json()).toEqual({ inFlight: 0, maxInFlight: 1 });
});

test('shows an object of a difficult name, and none that is not there', async () => {
	await oss.put('a b/c+测试', 'hello');
	const found = await control(
		'GET',
		`objects/examplebucket/${encodeURIComponent('a b')}/${encodeURIComponent('c+测试')}`,
	);
	expect(await found.json()).toMatchObject({
		size: 5,
		sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
		md5: '5d41402abc4b2a76b9719d911017c592',
	});
	expect((await control('GET', 'objects/examplebucket/none')).status).toBe(404);
});

test('shows unfinished uploads and forgets one', async () => {
	const { uploadId } = await oss.uploaded('k', ['hello']);
	expect(await (await control('GET', 'uploads/examplebucket')).json()).toMatchObject([
		{ uploadId, key: 'k', parts: [{ partNumber: 1, size: 5 }] },
	]);
	expect((await control('DELETE', `uploads/${uploadId}`)).status).toBe(204);
	expect((await control('DELETE', `uploads/${uploadId}`)).status).toBe(404);
});

test('expires tokens and sets the clock', async () => {
	const client = new OssClient(emulator, emulator.mintCredentials());
	await control('POST', 'expire-tokens');
	expect((await client.put('k')).xml('Code')).toBe('SecurityTokenExpired');
	await control('POST', 'clock?skew=3600000');
	expect((await oss.put('k')).xml('Code')).toBe('RequestTimeTooSkewed');
	await control('POST', 'clock?skew=0');
	expect((await oss.put('k')).status).toBe(200);
});

test('a page of any origin may ask', async () => {
	const response = await control('OPTIONS', 'faults');
	expect(response.status).toBe(204);
	expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
});
