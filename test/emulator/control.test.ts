import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, type StsCredentials, startEmulator } from '../../emulator/index.js';
import { type Answer, http, OssClient } from './oss-client.js';

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

test.each([
	[{}, 'Expected action to be an object'],
	[{ action: 'cut' }, 'Expected action to be an object'],
	[{ action: { type: 'burn' } }, 'Expected action.type to be one of'],
	[{ action: { type: 'delay' } }, 'Expected action.ms to be a number, got undefined'],
	[{ action: { type: 'throttle', bytesPerSecond: 0 } }, 'Expected action.bytesPerSecond'],
	[{ action: { type: 'answer-as', as: 'teapot' } }, 'Expected action.as to be one of html, empty'],
	[{ action: { type: 'answer-as', as: 'html', aplied: true } }, 'no action.aplied'],
	[{ action: { type: 'headers', headers: { a: 1 } } }, 'Expected action.headers'],
	[{ operation: 'PutObjekt', action: { type: 'cut' } }, 'Expected operation to be an operation of OSS'],
	[{ operation: 'toString', action: { type: 'cut' } }, 'Expected operation to be an operation of OSS'],
	[{ time: 3, action: { type: 'cut' } }, 'no time; known are'],
	[{ times: 'allways', action: { type: 'cut' } }, 'Expected times'],
	[null, 'to be an object, got null'],
	[[{ action: { type: 'cut' } }, {}], 'Expected action'],
])('%j is no fault rule, and the answer says why', async (rule, message) => {
	const response = await control('POST', 'faults', rule);
	expect(response.status).toBe(400);
	expect((await response.json()).message).toContain(message);
	expect((await oss.put('untouched')).status).toBe(200);
});

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

describe('with a controlOrigin [E7]', () => {
	const own = 'http://127.0.0.1:5173';
	let guarded: Emulator;
	beforeAll(async () => {
		guarded = await startEmulator({ controlOrigin: [own, 'http://localhost:5173'] });
	});
	afterAll(() => guarded.close());

	const ask = (method: string, path: string, headers: Record<string, string>): Promise<Answer> =>
		http(guarded.url, { method, path: `/-/${path}`, headers });

	test.each([own, 'http://localhost:5173'])(
		'the page at %s may ask, and is named in the answer',
		async (origin) => {
			const answer = await ask('POST', 'sts', { origin });
			expect(answer.status).toBe(200);
			expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
			expect((await ask('OPTIONS', 'faults', { origin })).status).toBe(204);
		},
	);

	/** What a browser sends for a page that is not the one, by the way it asks. */
	const HOSTILE: readonly (readonly [string, string, Record<string, string>])[] = [
		['a page elsewhere', 'POST', { origin: 'https://elsewhere.example' }],
		['a page of another port', 'POST', { origin: 'http://127.0.0.1:5174' }],
		['a page whose address begins alike', 'POST', { origin: `${own}.elsewhere.example` }],
		['a sandboxed frame or a redirect', 'POST', { origin: 'null' }],
		['an image, a script or a frame', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' }],
		['a link', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
		[
			'a form',
			'POST',
			{ origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded' },
		],
		[
			'a preflight',
			'OPTIONS',
			{ origin: 'https://elsewhere.example', 'access-control-request-method': 'PUT' },
		],
		['no page at all', 'POST', {}],
	];

	test.each(HOSTILE)('%s gets nothing, changes nothing, and cannot read why', async (_, method, headers) => {
		const before = await ask('GET', 'uploads/examplebucket', { origin: own });
		for (const path of [
			'sts',
			'faults',
			'requests',
			'expire-tokens',
			'clock?skew=3600000',
			'objects/examplebucket/k',
		]) {
			const answer = await ask(method, path, headers);
			expect(answer.status).toBe(403);
			expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
			expect(answer.text).not.toMatch(/STS\.|CAIS/);
		}
		expect((await new OssClient(guarded).put('k')).status).toBe(200);
		expect(before.status).toBe(200);
	});

	test('a name that was rebound to this machine is a bucket’s, not the control’s', async () => {
		const answer = await ask('POST', 'sts', { origin: own, host: 'elsewhere.example:5174' });
		expect(answer.status).toBeGreaterThanOrEqual(400);
		expect(answer.text).not.toMatch(/STS\.|CAIS/);
	});
});
