import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type StsCredentials, startEmulator } from '../../emulator/index.js';
import { http, OssClient } from './oss-client.js';

const MINUTE = 60_000;
const METHODS = ['v4', 'v4-query', 'v1', 'v1-query'] as const;

let emulator: Emulator;
let credentials: StsCredentials;
let oss: OssClient;
beforeAll(async () => {
	emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
	emulator.skewClock(0);
	credentials = emulator.mintCredentials();
	oss = new OssClient(emulator, credentials);
});

describe.each(METHODS)('a %s signature', (sign) => {
	const put = (more: object = {}) => oss.say({ method: 'PUT', key: 'a b+测试', body: 'x', sign, ...more });

	test('is accepted, with a token', async () => {
		const answer = await put();
		expect(answer.status).toBe(200);
		const record = await emulator.whenRequest(
			({ requestId }) => requestId === answer.headers['x-oss-request-id'],
		);
		expect(record.authorization).toBe(sign.includes('query') ? sign : `${sign}-header`);
	});

	test('is accepted of the permanent key', async () => {
		expect((await put({ credentials: emulator })).status).toBe(200);
	});

	test('made with another secret is refused, and the answer shows what should have been signed', async () => {
		const answer = await put({ credentials: { ...credentials, accessKeySecret: 'wrong' } });
		expect(answer).toMatchObject({ status: 403 });
		expect(answer.xml('Code')).toBe('SignatureDoesNotMatch');
		expect(answer.xml('StringToSign')).toBeTruthy();
		expect(answer.xml('SignatureProvided')).toBeTruthy();
		if (sign.startsWith('v4'))
			expect(answer.xml('CanonicalRequest')).toContain('PUT\n/examplebucket/a%20b%2B');
		expect(answer.text).not.toContain(credentials.accessKeySecret);
	});

	test('of a key nobody knows is refused', async () => {
		const answer = await put({ credentials: { ...credentials, accessKeyId: 'STS.unknown' } });
		expect(answer.xml('Code')).toBe('InvalidAccessKeyId');
	});

	test('of a temporary key without its token is refused', async () => {
		const { securityToken: _, ...keys } = credentials;
		expect((await put({ credentials: keys })).xml('Code')).toBe('InvalidAccessKeyId');
	});

	test('with the token of another key is refused', async () => {
		const { securityToken } = emulator.mintCredentials();
		const answer = await put({ credentials: { ...credentials, securityToken } });
		expect(answer.xml('Code')).toBe('InvalidSecurityToken');
	});

	test('with a token whose time has come is refused', async () => {
		const short = emulator.mintCredentials({ ttlSeconds: 60 });
		expect((await put({ credentials: short })).status).toBe(200);
		emulator.skewClock(MINUTE);
		expect((await put({ credentials: short })).xml('Code')).toBe('SecurityTokenExpired');
	});

	test('does not cover a header or parameter added to it', async () => {
		const header = await put({ unsigned: { 'x-oss-object-acl': 'public-read' } });
		expect(header.xml('Code')).toBe('SignatureDoesNotMatch');
		const type = await put({ unsigned: { 'content-type': 'text/html' } });
		expect(type.xml('Code')).toBe('SignatureDoesNotMatch');
		const digest = await put({ unsigned: { 'content-md5': 'nd2dMaIMcCF0AsANEbMdfg==' } });
		expect(digest.xml('Code')).toBe('SignatureDoesNotMatch');
	});

	test('is for one key only', async () => {
		const { path, headers } = oss.sign({ method: 'PUT', key: 'mine', sign });
		const answer = await http(emulator.url, { method: 'PUT', path: path.replace('mine', 'yours'), headers });
		expect(answer.xml('Code')).toBe('SignatureDoesNotMatch');
		expect(await emulator.object('examplebucket', 'yours')).toBeUndefined();
	});
});

describe.each(['v4', 'v1'] as const)('the date of a %s signature', (sign) => {
	test.each([-14, 14])('may be %i minutes off', async (minutes) => {
		const answer = await oss.say({ method: 'PUT', key: 'k', sign, at: Date.now() + minutes * MINUTE });
		expect(answer.status).toBe(200);
	});

	test.each([-16, 16])('may not be %i minutes off, and the answer tells the time', async (minutes) => {
		const at = Date.now() + minutes * MINUTE;
		const answer = await oss.say({ method: 'PUT', key: 'k', sign, at });
		expect(answer.status).toBe(403);
		expect(answer.xml('Code')).toBe('RequestTimeTooSkewed');
		expect(answer.xml('MaxAllowedSkewMilliseconds')).toBe('900000');
		expect(Math.abs(Date.parse(answer.xml('ServerTime') ?? '') - Date.now())).toBeLessThan(MINUTE);
		expect(Math.abs(Date.parse(answer.xml('RequestTime') ?? '') - at)).toBeLessThan(1000);
	});

	test('is compared with the clock the emulator was given', async () => {
		emulator.skewClock(60 * MINUTE);
		const answer = await oss.say({ method: 'PUT', key: 'k', sign });
		expect(answer.xml('Code')).toBe('RequestTimeTooSkewed');
		expect(Math.round((Date.parse(answer.headers.date ?? '') - Date.now()) / MINUTE)).toBe(60);
	});
});

describe.each(['v4-query', 'v1-query'] as const)('a %s address', (sign) => {
	test('has expired when its time is over, also when the token has not', async () => {
		const answer = await oss.say({ method: 'PUT', key: 'k', sign, at: Date.now() - 2 * MINUTE, expires: 60 });
		expect(answer.status).toBe(403);
		expect(answer.xml('Code')).toBe('AccessDenied');
		expect(answer.xml('Message')).toBe('Request has expired.');
	});

	test('may be an hour old when it was made for longer', async () => {
		const answer = await oss.say({
			method: 'PUT',
			key: 'k',
			sign,
			at: Date.now() - 60 * MINUTE,
			expires: 7200,
		});
		expect(answer.status).toBe(200);
	});
});

test.each([0, 604_801, 1.5])('a V4 address for %d seconds is refused', async (expires) => {
	const answer = await oss.say({ method: 'PUT', key: 'k', sign: 'v4-query', expires });
	expect(answer.xml('Code')).toBe('InvalidArgument');
});

test.each([
	['v4', 'Authorization header', '0002-00000228'],
	['v4-query', 'query string', '0002-00000226'],
] as const)(
	'a %s signature for another region is refused by name, in the %s with EC %s [E4]',
	async (sign, where, ec) => {
		const answer = await oss.say({ method: 'PUT', key: 'k', region: 'cn-beijing', sign });
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidArgument');
		expect(answer.xml('Message')).toBe(`Invalid signing region in ${where}.`);
		expect(answer.headers['x-oss-ec']).toBe(ec);
		expect(answer.xml('EC')).toBe(ec);
		expect(answer.xml('RecommendDoc')).toBe(`https://api.aliyun.com/troubleshoot?q=${ec}`);
	},
);

test('an expired address has an EC of its own among what is denied [E4]', async () => {
	const at = Date.now() - 2 * MINUTE;
	const expired = await oss.say({ method: 'PUT', key: 'k', sign: 'v4-query', at, expires: 60 });
	expect(expired.xml('EC')).toBe('0002-00000069');
	const putOnly = new OssClient(emulator, emulator.mintCredentials({ policy: ['oss:PutObject'] }));
	expect((await putOnly.say({ method: 'GET', key: 'k' })).xml('EC')).toBe('0003-00000001');
});

describe('a V4 header', () => {
	const send = (change: (headers: Record<string, string>) => void) => {
		const { path, headers } = oss.sign({ method: 'PUT', key: 'k' });
		const changed = { ...headers };
		change(changed);
		return http(emulator.url, { method: 'PUT', path, headers: changed });
	};

	test('needs x-oss-content-sha256', async () => {
		const answer = await send((headers) => {
			delete headers['x-oss-content-sha256'];
		});
		expect(answer.xml('Code')).toBe('InvalidArgument');
	});

	test('needs x-oss-date', async () => {
		const answer = await send((headers) => {
			delete headers['x-oss-date'];
		});
		expect(answer.xml('Code')).toBe('AccessDenied');
	});

	test('needs the same day in date and scope', async () => {
		const answer = await send((headers) => {
			headers.authorization = (headers.authorization ?? '').replace(/\/\d{8}\//, '/20200101/');
		});
		expect(answer.xml('Message')).toBe('Invalid signing date in Authorization header.');
	});

	test.each([
		'OSS4-HMAC-SHA256 nonsense',
		'OSS nonsense',
		'Basic abc',
		'OSS4-HMAC-SHA256 Credential=a,AdditionalHeaders=,Signature=b',
	])('%j is refused', async (authorization) => {
		const answer = await send((headers) => {
			headers.authorization = authorization;
		});
		expect(answer.status).toBe(400);
		expect(answer.xml('Code')).toBe('InvalidArgument');
	});
});

test('nobody may do anything without a signature', async () => {
	const answer = await oss.say({ method: 'GET', key: 'k', sign: 'none' });
	expect(answer.status).toBe(403);
	expect(answer.xml('Code')).toBe('AccessDenied');
});

describe('a policy of PutObject alone', () => {
	let putOnly: OssClient;
	beforeEach(() => {
		putOnly = new OssClient(emulator, emulator.mintCredentials({ policy: ['oss:PutObject'] }));
	});

	test('is enough to upload in parts', async () => {
		const { uploadId, parts } = await putOnly.uploaded('policy', ['part']);
		expect((await putOnly.complete('policy', uploadId, parts)).status).toBe(200);
	});

	test.each([
		['ListParts', 'GET', [['uploadId', 'x']]],
		['AbortMultipartUpload', 'DELETE', [['uploadId', 'x']]],
		['GetObject', 'GET', []],
		['HeadObject', 'HEAD', []],
		['DeleteObject', 'DELETE', []],
	] as const)('is not enough for %s', async (_operation, method, query) => {
		const answer = await putOnly.say({
			method,
			key: 'policy',
			query: query.map(([name, value]) => [name, value]),
		});
		expect(answer.status).toBe(403);
		const document =
			method === 'HEAD' ? Buffer.from(answer.headers['x-oss-err'] ?? '', 'base64').toString() : answer.text;
		expect(document).toContain('<Code>AccessDenied</Code>');
	});
});

test('a token for one key is refused at another', async () => {
	const narrow = new OssClient(emulator, emulator.mintCredentials({ keys: ['mine'] }));
	expect((await narrow.put('mine')).status).toBe(200);
	expect((await narrow.put('yours')).xml('Code')).toBe('AccessDenied');
});
