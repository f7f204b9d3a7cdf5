import { afterEach, describe, expect, test } from 'vitest';
import { type CorsRule, type Emulator, startEmulator } from '../../emulator/index.js';
import { type Answer, http, OssClient } from './oss-client.js';

let emulator: Emulator;
afterEach(() => emulator.close());

const start = async (cors?: readonly CorsRule[] | false): Promise<OssClient> => {
	emulator = await startEmulator(cors === undefined ? {} : { cors });
	return new OssClient(emulator);
};
const preflight = (headers: Record<string, string>): Promise<Answer> =>
	http(emulator.url, { method: 'OPTIONS', path: '/examplebucket/k?partNumber=1&uploadId=U', headers });

const corsNames = ({ headers }: Answer): string[] =>
	Object.keys(headers).filter((name) => name.startsWith('access-control-'));

const RULE: CorsRule = {
	origins: ['https://*.example.com'],
	methods: ['PUT'],
	headers: ['x-oss-*', 'authorization'],
	expose: ['ETag'],
	maxAge: 60,
};

test('by default any origin may send any header, and the answers show what an upload needs', async () => {
	const oss = await start();
	const answer = await preflight({
		origin: 'http://page.test',
		'access-control-request-method': 'PUT',
		'access-control-request-headers': 'authorization,x-oss-date',
	});
	expect(answer.status).toBe(200);
	expect(answer.headers).toMatchObject({
		'access-control-allow-origin': '*',
		'access-control-allow-methods': 'PUT, POST, GET, HEAD, DELETE',
		// Browsers do not let `*` stand for Authorization.
		'access-control-allow-headers': 'authorization,x-oss-date',
		'access-control-max-age': '600',
	});
	const put = await oss.say({ method: 'PUT', key: 'k', headers: { origin: 'http://page.test' } });
	expect(put.headers['access-control-allow-origin']).toBe('*');
	for (const name of ['ETag', 'x-oss-request-id', 'x-oss-hash-crc64ecma', 'x-oss-version-id']) {
		expect(put.headers['access-control-expose-headers']).toContain(name);
	}
});

test('a preflight is in the log, and is no request in flight', async () => {
	await start();
	await preflight({ origin: 'http://page.test', 'access-control-request-method': 'PUT' });
	expect(emulator.requests).toMatchObject([
		{
			operation: 'Preflight',
			method: 'OPTIONS',
			key: 'k',
			partNumber: 1,
			uploadId: 'U',
			origin: 'http://page.test',
			status: 200,
		},
	]);
	expect(emulator.maxInFlight).toBe(0);
});

test.each([
	['origin', { origin: 'https://example.org' }],
	['method', { 'access-control-request-method': 'POST' }],
	['header', { 'access-control-request-headers': 'x-oss-date, content-type' }],
])('another %s than the rule allows is refused without any CORS header', async (_, change) => {
	await start([RULE]);
	const asked = {
		origin: 'https://a.example.com',
		'access-control-request-method': 'PUT',
		'access-control-request-headers': 'X-OSS-Date',
	};
	const allowed = await preflight(asked);
	expect(allowed.status).toBe(200);
	expect(allowed.headers['access-control-allow-origin']).toBe('https://a.example.com');
	const refused = await preflight({ ...asked, ...change });
	expect(refused.status).toBe(403);
	expect(refused.xml('Code')).toBe('AccessForbidden');
	expect(corsNames(refused)).toEqual([]);
});

test('the first rule that matches decides', async () => {
	const oss = await start([RULE, { ...RULE, origins: ['*'], expose: ['x-oss-request-id'] }]);
	const put = (origin: string): Promise<Answer> => oss.say({ method: 'PUT', key: 'k', headers: { origin } });
	expect((await put('https://a.example.com')).headers['access-control-expose-headers']).toBe('ETag');
	expect((await put('https://b.test')).headers['access-control-expose-headers']).toBe('x-oss-request-id');
});

test.each([
	['no rule matches', [RULE]],
	['CORS is off', false],
] as const)('where %s, no answer has a CORS header, errors included', async (_, cors) => {
	const oss = await start(cors);
	const origin = 'https://elsewhere.test';
	expect(corsNames(await oss.say({ method: 'PUT', key: 'k', headers: { origin } }))).toEqual([]);
	const refused = await oss.say({ method: 'PUT', key: 'k', headers: { origin }, sign: 'none' });
	expect(refused.status).toBe(403);
	expect(corsNames(refused)).toEqual([]);
	expect((await preflight({ origin, 'access-control-request-method': 'PUT' })).status).toBe(403);
});

test('an error is readable where the rule matches', async () => {
	const oss = await start();
	const answer = await oss.say({
		method: 'PUT',
		key: 'k',
		headers: { origin: 'http://page.test' },
		sign: 'none',
	});
	expect(answer.headers['access-control-allow-origin']).toBe('*');
});

test.each([{}, { origin: 'http://page.test' }, { 'access-control-request-method': 'PUT' }])(
	'a preflight with only %j is a bad request',
	async (headers) => {
		await start();
		const answer = await preflight(headers);
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('BadRequest');
	},
);

test('a request without an origin gets no CORS header', async () => {
	const oss = await start();
	expect(corsNames(await oss.put('k'))).toEqual([]);
});

describe('rules set at run time', () => {
	const asked = { origin: 'https://a.example.com', 'access-control-request-method': 'PUT' };

	test('hold from the next request on, until others are set', async () => {
		const oss = await start();
		emulator.setCors([{ ...RULE, methods: ['POST'] }]);
		expect((await preflight(asked)).status).toBe(403);
		expect((await preflight({ ...asked, 'access-control-request-method': 'POST' })).status).toBe(200);
		emulator.setCors(false);
		expect(corsNames(await oss.say({ method: 'PUT', key: 'k', headers: { origin: asked.origin } }))).toEqual(
			[],
		);
		emulator.setCors([RULE]);
		expect((await preflight(asked)).status).toBe(200);
	});

	test('come by the control address too', async () => {
		await start();
		const put = (body: unknown) =>
			fetch(`${emulator.url}/-/cors`, { method: 'PUT', body: JSON.stringify(body) });
		expect((await put([{ ...RULE, headers: [] }])).status).toBe(204);
		const headers = { 'access-control-request-headers': 'x-oss-date' };
		expect((await preflight({ ...asked, ...headers })).status).toBe(403);
		expect((await preflight(asked)).status).toBe(200);
		expect((await put(false)).status).toBe(204);
		expect((await preflight(asked)).status).toBe(403);
		expect((await put({ origins: '*' })).status).toBe(400);
	});

	test.each([
		['a * among the exposed headers', [{ ...RULE, expose: ['*'] }], 'EC 0034-00000013'],
		['more than ten rules', Array.from({ length: 11 }, () => RULE), 'at most 10'],
		['a rule without methods', [RULE, { ...RULE, methods: undefined }], 'CORS rule 2'],
		['a text', 'https://a.example.com', 'an array'],
	])('are refused with %s, and the old ones stay', async (_, rules, message) => {
		await start([RULE]);
		expect(() => emulator.setCors(JSON.parse(JSON.stringify(rules)))).toThrow(message);
		expect((await preflight(asked)).status).toBe(200);
	});
});
