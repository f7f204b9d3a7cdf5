import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Demo, demoOptions, startDemo } from '../../demo/server/index.js';
import { assumeRole, rpcSignature, uploadPolicy } from '../../demo/server/sts.js';

const OSS = {
	OSS_BUCKET: 'examplebucket',
	OSS_REGION: 'oss-cn-hangzhou',
	OSS_ACCESS_KEY_ID: 'ram-user',
	OSS_ACCESS_KEY_SECRET: 'ram-secret',
	OSS_ROLE_ARN: 'acs:ram::1234:role/uploader',
};

// ali-oss carries no types; its STS client is an implementation of the same signature that is not ours.
const { STS }: { STS: new (options: object) => StsClient } = createRequire(import.meta.url)('ali-oss');
interface StsClient {
	_getSignature(method: string, parameters: Record<string, string>, secret: string): string;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

/** An STS that checks the signature as ali-oss would make it, and answers as Alibaba's does. */
async function fakeSts(): Promise<{ url: string; asked: URLSearchParams[] }> {
	const asked: URLSearchParams[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(Buffer.from(chunk));
		const parameters = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
		asked.push(parameters);
		const { Signature, ...signed } = Object.fromEntries(parameters);
		const client = new STS({ accessKeyId: 'any', accessKeySecret: 'any' });
		const isRight = Signature === client._getSignature('POST', signed, OSS.OSS_ACCESS_KEY_SECRET);
		const answer = isRight
			? {
					RequestId: '1',
					Credentials: {
						AccessKeyId: 'STS.id',
						AccessKeySecret: 'sts-secret',
						SecurityToken: 'CAIS+/=',
						Expiration: '2030-01-01T00:00:00Z',
					},
				}
			: { RequestId: '2', Code: 'SignatureDoesNotMatch', Message: 'The signature is wrong.' };
		response
			.writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' })
			.end(JSON.stringify(answer));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	ends.push(() => new Promise((resolve) => server.close(resolve)));
	const { port }: AddressInfo = Object(server.address());
	return { url: `http://127.0.0.1:${port}/`, asked };
}

async function demo(env: Record<string, string> = {}): Promise<Demo> {
	const started = await startDemo({ ...demoOptions(env), port: 0, emulatorPort: 0 });
	ends.push(() => started.close());
	return started;
}

const post = (url: string, body: object = {}, headers: Record<string, string> = {}) =>
	fetch(url, { method: 'POST', body: JSON.stringify(body), headers });

describe('AssumeRole', () => {
	test('the RPC signature is that of Alibaba’s published example', () => {
		// https://www.alibabacloud.com/help/doc-detail/28139.htm
		const parameters = {
			AccessKeyId: 'testid',
			Action: 'DescribeRegions',
			Format: 'XML',
			SignatureMethod: 'HMAC-SHA1',
			SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
			SignatureVersion: '1.0',
			Timestamp: '2016-02-23T12:46:24Z',
			Version: '2014-05-26',
		};
		expect(rpcSignature('GET', parameters, 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
	});

	test('parameters are signed in the order of their names, not of their pairs [E9]', () => {
		const text = 'GET&%2F&A%3D1%26A-B%3D2';
		const expected = createHmac('sha1', 'secret&').update(text).digest('base64');
		expect(rpcSignature('GET', { 'A-B': '2', A: '1' }, 'secret')).toBe(expected);
	});

	test('the token is good for uploads below the prefix, and for nothing else', async () => {
		const sts = await fakeSts();
		const credentials = await assumeRole({
			endpoint: sts.url,
			accessKeyId: OSS.OSS_ACCESS_KEY_ID,
			accessKeySecret: OSS.OSS_ACCESS_KEY_SECRET,
			roleArn: OSS.OSS_ROLE_ARN,
			policy: uploadPolicy('examplebucket', 'demo/'),
			seconds: 60,
		});
		expect(credentials.accessKeyId).toBe('STS.id');
		const [asked] = sts.asked;
		expect(asked?.get('RoleArn')).toBe(OSS.OSS_ROLE_ARN);
		// STS refuses less than a quarter of an hour.
		expect(asked?.get('DurationSeconds')).toBe('900');
		expect(JSON.parse(asked?.get('Policy') ?? '')).toEqual({
			Version: '1',
			Statement: [
				{
					Effect: 'Allow',
					Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload', 'oss:GetObject'],
					Resource: ['acs:oss:*:*:examplebucket/demo/*'],
				},
			],
		});
	});

	test('what STS refuses is told with its code, and without the secret', async () => {
		const sts = await fakeSts();
		const options = { endpoint: sts.url, accessKeyId: 'ram-user', roleArn: 'arn', policy: {}, seconds: 900 };
		const refused = assumeRole({ ...options, accessKeySecret: 'another-secret' });
		await expect(refused).rejects.toThrow('400 SignatureDoesNotMatch');
		await expect(refused).rejects.not.toThrow('another-secret');
	});
});

describe('the settings', () => {
	test('without any, the emulator is used', () => {
		expect(demoOptions({})).toEqual({ port: 5173, emulatorPort: 5174, tokenSeconds: 900 });
	});

	test('some of the real bucket’s names but not all: the missing ones are named', () => {
		const { OSS_REGION: _, OSS_ROLE_ARN: __, ...some } = OSS;
		expect(() => demoOptions(some)).toThrow('For a real bucket set OSS_REGION, OSS_ROLE_ARN too');
	});

	test.each(['http', '-1', '5173.5', '70000'])('PORT=%s is refused', (PORT) => {
		expect(() => demoOptions({ PORT })).toThrow(`PORT must be an integer from 0 to 65535, and is ${PORT}.`);
	});
});

describe('the demo server', () => {
	test('with a real bucket’s names set, the page gets tokens of Alibaba’s STS', async () => {
		const sts = await fakeSts();
		const { url, emulator, endpoint } = await demo({ ...OSS, STS_ENDPOINT: sts.url });
		expect(emulator).toBeUndefined();
		expect(endpoint).toBe('https://examplebucket.oss-cn-hangzhou.aliyuncs.com');
		const config = await (await fetch(`${url}config`)).json();
		expect(config).toEqual({ mode: 'oss', bucket: 'examplebucket', region: 'cn-hangzhou' });
		const credentials = await (await post(`${url}sts`)).json();
		expect(credentials).toEqual({
			accessKeyId: 'STS.id',
			accessKeySecret: 'sts-secret',
			securityToken: 'CAIS+/=',
			expiration: '2030-01-01T00:00:00Z',
		});
	});

	test.each([
		['a page of another site', { origin: 'https://elsewhere.example' }],
		['a name that was rebound to this machine', { host: 'elsewhere.example' }],
	])('%s gets no token', async (_, headers) => {
		const { url } = await demo();
		// fetch sets Host itself, so the request is made by hand.
		const status = await new Promise((resolve, reject) => {
			request(`${url}sts`, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode))
				.on('error', reject)
				.end();
		});
		expect(status).toBe(403);
	});

	test('a port that is taken is told in a sentence', async () => {
		const { url } = await demo();
		const port = Number(new URL(url).port);
		await expect(startDemo({ port })).rejects.toThrow(`Port ${port} is taken`);
	});

	test('the page may talk to its own server and to OSS, and to nobody else', async () => {
		const { url, endpoint } = await demo();
		const html = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
		expect(html).toContain(`connect-src 'self' ${endpoint};`);
		expect(html).not.toMatch(/'unsafe-|\{\{/);
	});
});
