import { createHash, createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccessKeys } from '../../emulator/control/sts.js';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { ServerClock } from '../../emulator/protocol/clock.js';
import { callerOf } from '../../emulator/sts/caller.js';
import { sessionRights } from '../../emulator/sts/session-policy.js';
import { OssClient } from './oss-client.js';

// ali-oss carries no types.
const { STS }: { STS: new (options: object) => StsClient } = createRequire(import.meta.url)('ali-oss');
interface StsClient {
	assumeRole(arn: string, policy: string, seconds: number, session: string): Promise<{ credentials: object }>;
}

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => emulator.skewClock(0));

const role = { RoleArn: 'acs:ram::1234567890123456:role/films', RoleSessionName: 'alice' };
const allow = (actions: readonly string[], resource: string): string =>
	JSON.stringify({
		Version: '1',
		Statement: [{ Effect: 'Allow', Action: actions, Resource: [`acs:oss:*:*:${resource}`] }],
	});

/** As today's clients ask: signed in a header. */
async function assumeRole(
	parameters: Readonly<Record<string, string>>,
	{ accessKeyId, accessKeySecret }: Pick<Emulator, 'accessKeyId' | 'accessKeySecret'> = emulator,
	changed: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly json: Record<string, never> }> {
	const query = new URLSearchParams(parameters);
	query.sort();
	const canonicalQuery = String(query).replaceAll('+', '%20').replaceAll('*', '%2A');
	const signed: Record<string, string> = {
		host: new URL(emulator.url).host,
		'x-acs-action': 'AssumeRole',
		'x-acs-content-sha256': createHash('sha256').update('').digest('hex'),
		'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
		'x-acs-version': '2015-04-01',
		...changed,
	};
	const names = Object.keys(signed).sort();
	const lines = names.map((name) => `${name}:${signed[name]}`);
	const text = ['POST', '/', canonicalQuery, ...lines, '', names.join(';'), signed['x-acs-content-sha256']];
	const hash = createHash('sha256').update(text.join('\n')).digest('hex');
	const signature = createHmac('sha256', accessKeySecret).update(`ACS3-HMAC-SHA256\n${hash}`).digest('hex');
	const { host: _, ...headers } = signed;
	const response = await fetch(`${emulator.url}/?${canonicalQuery}`, {
		method: 'POST',
		headers: {
			...headers,
			authorization: `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`,
		},
	});
	return { status: response.status, json: await response.json() };
}

async function sessionOf(policy: string): Promise<OssClient> {
	const { json } = await assumeRole({ ...role, Policy: policy });
	const { AccessKeyId, AccessKeySecret, SecurityToken } = Object(json.Credentials);
	return new OssClient(emulator, {
		accessKeyId: AccessKeyId,
		accessKeySecret: AccessKeySecret,
		securityToken: SecurityToken,
	});
}

describe('AssumeRole', () => {
	test("answers in STS's words, and OSS takes what it answers", async () => {
		const { status, json } = await assumeRole({ ...role, DurationSeconds: '900' });
		expect({ status, json }).toEqual({
			status: 200,
			json: {
				RequestId: expect.stringMatching(/^[\dA-F-]{36}$/),
				AssumedRoleUser: {
					Arn: 'acs:sts::1234567890123456:assumed-role/films/alice',
					AssumedRoleId: expect.stringMatching(/^\d+:alice$/),
				},
				Credentials: {
					AccessKeyId: expect.stringMatching(/^STS\./),
					AccessKeySecret: expect.any(String),
					SecurityToken: expect.any(String),
					Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
				},
			},
		});
		const { Expiration } = Object(json.Credentials);
		expect(Math.abs(Date.parse(Expiration) - Date.now() - 900_000)).toBeLessThan(5_000);
		expect((await (await sessionOf(allow(['oss:*'], '*'))).put('k')).status).toBe(200);
	});

	test("is answered to ali-oss's client too, which signs by a parameter of a form", async () => {
		const { accessKeyId, accessKeySecret, url } = emulator;
		const sts = new STS({ accessKeyId, accessKeySecret, endpoint: url });
		const policy = allow(['oss:PutObject'], '*');
		const { credentials } = await sts.assumeRole(role.RoleArn, policy, 900, 'alice');
		expect(credentials).toMatchObject({ AccessKeyId: expect.stringMatching(/^STS\./) });
		const wrong = new STS({ accessKeyId, accessKeySecret: 'wrong', endpoint: url });
		await expect(wrong.assumeRole(role.RoleArn, allow(['oss:*'], '*'), 900, 'alice')).rejects.toMatchObject({
			code: 'SignatureDoesNotMatch',
		});
	});

	test("takes a signature that Alibaba Cloud's own client made", () => {
		const clock = new ServerClock(() => Date.parse('2026-11-26T08:20:40Z'));
		const keys = new AccessKeys(clock, 'ak', 'sk');
		const query = new Map([
			['DurationSeconds', '900'],
			['Policy', '{"Version":"1","Statement":[]}'],
			['RoleArn', 'acs:ram::123:role/films'],
			['RoleSessionName', 'alice'],
		]);
		const request = {
			method: 'POST',
			query,
			parameters: query,
			headers: {
				host: '127.0.0.1:38361',
				'x-acs-version': '2015-04-01',
				'x-acs-action': 'AssumeRole',
				'x-acs-date': '2026-11-26T08:20:37Z',
				'x-acs-signature-nonce': '04950ba51e426923a2c3baaccd89ef2b35e57c24602fbe9139ed54e409b4dd42',
				'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
				'x-acs-credentials-provider': 'static_ak',
				authorization:
					'ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=049a52fd80dbcf28513a67c3c135c32c04b25362d0d82a86d8db334f52eb9a8a',
			},
		};
		expect(callerOf(request, { keys, clock }).accessKeyId).toBe('ak');
		query.set('RoleSessionName', 'mallory');
		expect(() => callerOf(request, { keys, clock })).toThrow(/not matched/);
	});

	test('is in the log of requests, without what is secret', async () => {
		emulator.clearRequests();
		await assumeRole(role);
		await assumeRole({ ...role, RoleArn: 'films' });
		expect(emulator.requests).toMatchObject([
			{ operation: 'AssumeRole', status: 200, authorization: 'acs3' },
			{ operation: 'AssumeRole', status: 400, code: 'InvalidParameter.RoleArn' },
		]);
		expect(JSON.stringify(emulator.requests)).not.toMatch(/Signature=|Credential=/);
	});

	test('ends when it says', async () => {
		const oss = await sessionOf(allow(['oss:*'], '*'));
		emulator.skewClock(3_601_000);
		expect((await oss.say({ method: 'PUT', key: 'k', at: Date.now() + 3_601_000 })).xml('Code')).toBe(
			'SecurityTokenExpired',
		);
	});
});

describe('what STS refuses, it refuses', () => {
	const { RoleArn, RoleSessionName } = role;

	test.each<[string, Record<string, string>, string]>([
		['without a role', { RoleSessionName }, 'MissingRoleArn'],
		['without a session name', { RoleArn }, 'MissingRoleSessionName'],
		['a role by its name', { RoleArn: 'films', RoleSessionName }, 'InvalidParameter.RoleArn'],
		['a user for a role', { RoleArn: 'acs:ram::1:user/a', RoleSessionName }, 'InvalidParameter.RoleArn'],
		[
			'a session name of one character',
			{ RoleArn, RoleSessionName: 'a' },
			'InvalidParameter.RoleSessionName',
		],
		['a session name with a space', { RoleArn, RoleSessionName: 'a b' }, 'InvalidParameter.RoleSessionName'],
		['a life below 15 minutes', { ...role, DurationSeconds: '899' }, 'InvalidParameter.DurationSeconds'],
		['a life beyond an hour', { ...role, DurationSeconds: '3601' }, 'InvalidParameter.DurationSeconds'],
		['a life that is none', { ...role, DurationSeconds: 'long' }, 'InvalidParameter.DurationSeconds'],
		['a policy that is no JSON', { ...role, Policy: '{' }, 'InvalidParameter.PolicyGrammar'],
		['a policy without statements', { ...role, Policy: '{"Version":"1"}' }, 'InvalidParameter.PolicyGrammar'],
		[
			'a policy of a bucket by its bare name',
			{ ...role, Policy: allow(['oss:*'], '').replace('acs:oss:*:*:', 'examplebucket') },
			'InvalidParameter.PolicyGrammar',
		],
		[
			'an action of no service',
			{ ...role, Policy: allow(['PutObject'], '*') },
			'InvalidParameter.PolicyGrammar',
		],
		[
			'a policy that is too long',
			{ ...role, Policy: allow([`oss:${'x'.repeat(2048)}`], '*') },
			'InvalidParameter.PolicySize',
		],
		[
			'a condition, which the emulator does not know',
			{ ...role, Policy: allow(['oss:*'], '*').replace('"Effect"', '"Condition":{},"Effect"') },
			'NotImplemented',
		],
	])('%s', async (_, parameters, code) => {
		const { status, json } = await assumeRole(parameters);
		expect(status).toBe(code === 'NotImplemented' ? 501 : 400);
		expect(json).toEqual({
			RequestId: expect.any(String),
			HostId: new URL(emulator.url).host,
			Code: code,
			Message: expect.any(String),
		});
	});

	test('a key that nobody knows', async () => {
		const { status, json } = await assumeRole(role, { accessKeyId: 'LTAI', accessKeySecret: 's' });
		expect([status, json.Code]).toEqual([404, 'InvalidAccessKeyId.NotFound']);
	});

	test('another secret', async () => {
		const { accessKeyId } = emulator;
		const { json } = await assumeRole(role, { accessKeyId, accessKeySecret: 'wrong' });
		expect(json.Code).toBe('SignatureDoesNotMatch');
		expect(JSON.stringify(json)).not.toContain(emulator.accessKeySecret);
	});

	test('a clock that is off', async () => {
		const { json } = await assumeRole(role, emulator, { 'x-acs-date': '2020-01-01T00:00:00Z' });
		expect(json.Code).toBe('InvalidTimeStamp.Expired');
	});

	test('temporary credentials, which assume no role here', async () => {
		expect((await assumeRole(role, emulator.mintCredentials())).json.Code).toBe('NoPermission');
	});

	test.each([
		[{ 'x-acs-action': 'GetCallerIdentity' }, 'InvalidAction.NotFound'],
		[{ 'x-acs-version': '2014-01-01' }, 'InvalidVersion'],
	])('%j', async (changed, code) => {
		expect((await assumeRole(role, emulator, changed)).json.Code).toBe(code);
	});

	test.each(['', '&AccessKeyId=a', '&AccessKeyId=a&Signature=s'])('no signature: %j', async (more) => {
		const query = `Action=AssumeRole&Version=2015-04-01${more}`;
		const response = await fetch(`${emulator.url}/?${query}`, { method: 'POST' });
		expect(response.status).toBe(400);
		expect((await response.json()).Code).toMatch(/^Missing(AccessKeyId|Signature|Timestamp)$/);
	});
});

describe('a session policy is all that is left of the role', () => {
	test('at OSS: one prefix, and what it names', async () => {
		const oss = await sessionOf(
			allow(['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload'], 'examplebucket/users/1/*'),
		);
		expect((await oss.put('users/1/a/b')).status).toBe(200);
		expect((await oss.put('users/12/a')).xml('Code')).toBe('AccessDenied');
		expect((await oss.put('other')).xml('Code')).toBe('AccessDenied');
		expect((await oss.say({ method: 'HEAD', key: 'users/1/a/b' })).status).toBe(403);
		const uploadId = await oss.initiate('users/1/c');
		expect((await oss.say({ method: 'GET', key: 'users/1/c', query: [['uploadId', uploadId]] })).status).toBe(
			200,
		);
		expect(
			(await oss.say({ method: 'DELETE', key: 'users/1/c', query: [['uploadId', uploadId]] })).status,
		).toBe(204);
		expect((await oss.say({ method: 'GET', query: [['uploads', '']] })).xml('Code')).toBe('AccessDenied');
	});

	const rights = (...statements: object[]) =>
		sessionRights(JSON.stringify({ Version: '1', Statement: statements }));
	const all = { Effect: 'Allow', Action: 'oss:*', Resource: 'acs:oss:*:*:*' };

	test('no policy leaves everything', () => {
		expect(sessionRights(undefined)('PutObject', 'b', 'k')).toBe(true);
	});

	test.each<[string, object, boolean]>([
		['a wildcard in an action', { ...all, Action: 'oss:Put*' }, true],
		['an action in another case', { ...all, Action: 'OSS:putobject' }, true],
		['another action', { ...all, Action: 'oss:GetObject' }, false],
		['any action', { ...all, Action: '*' }, true],
		['any resource', { ...all, Resource: '*' }, true],
		['one character', { ...all, Resource: 'acs:oss:*:*:b/users/?/k' }, true],
		['a dot, which is a dot', { ...all, Resource: 'acs:oss:*:*:b/users/./k' }, false],
		['another bucket', { ...all, Resource: 'acs:oss:*:*:c/*' }, false],
		['the bucket without its objects', { ...all, Resource: 'acs:oss:*:*:b' }, false],
		['one of several', { ...all, Resource: ['acs:oss:*:*:c/*', 'acs:oss:*:*:b/users/1/k'] }, true],
		['nothing but a denial', { ...all, Effect: 'Deny' }, false],
	])('%s', (_, statement, isAllowed) => {
		expect(rights(statement)('PutObject', 'b', 'users/1/k')).toBe(isAllowed);
	});

	test('a denial wins', () => {
		const allows = rights(all, { ...all, Effect: 'Deny', Resource: 'acs:oss:*:*:b/users/1/*' });
		expect(allows('PutObject', 'b', 'users/1/k')).toBe(false);
		expect(allows('PutObject', 'b', 'users/2/k')).toBe(true);
	});
});
