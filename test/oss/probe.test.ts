import { describe, expect, test } from 'vitest';
import type { CorsRule } from '../../emulator/index.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { AskingPage, allowing, EVERYTHING, SIGNING, without } from './asking-page.js';
import { failure } from './failure.js';
import { OPERATIONS, type OperationName, part, signal } from './speaking.js';

const page = new AskingPage();

describe('a rule that lacks a method names it, and says what to add [A5]', () => {
	test.each<[OperationName, string, string]>([
		['UploadPart', 'PUT', 'PUT'],
		['PutObject', 'PUT', 'PUT'],
		['InitiateMultipartUpload', 'POST', 'POST'],
		['CompleteMultipartUpload', 'POST', 'POST'],
		['AbortMultipartUpload', 'DELETE', 'DELETE'],
		['ListParts', 'GET', 'GET'],
		['HeadObject', 'HEAD', 'HEAD'],
		['UploadPart', 'PUT POST', 'PUT, POST'],
		['UploadPart', 'PUT DELETE', 'PUT, DELETE'],
	])('%s without %s', async (name, lacking, told) => {
		page.oss.setCors([without(...lacking.split(' '))]);
		const plural = told.includes(',') ? 's' : '';
		expect(await page.looks(name)).toBe(
			`The bucket's CORS rule for this page's origin lacks the method${plural} ${told}. Add to its methods: ${told}`,
		);
	});
});

describe('a rule that lacks a header names it, and says what to add [A5]', () => {
	const rest = (name: string) => [...SIGNING, 'content-md5', 'content-type'].filter((each) => each !== name);
	test.each([...SIGNING, 'content-md5'])('%s', async (name) => {
		page.oss.setCors([allowing(...rest(name))]);
		const object = page.object();
		const sending = object.uploadPart({ ...part, md5: 'D41D8CD98F00B204E9800998ECF8427E' }, signal);
		expect(await failure(sending)).toMatchObject({ code: 'Network' });
		expect(await object.missingCors('UploadPart', signal)).toBe(
			`The bucket's CORS rule for this page's origin lacks the header ${name}. Set its allowed headers to *, or add: ${name}`,
		);
	});

	test('metadata of its own', async () => {
		page.oss.setCors([allowing(...SIGNING, 'x-oss-meta-b')]);
		const headers = { 'x-oss-meta-author': 'a', 'x-oss-meta-b': 'b' };
		expect(await page.looks('PutObject', page.object(page.client(), headers))).toMatch(
			/lacks the header x-oss-meta-author\. /,
		);
	});

	test('several', async () => {
		page.oss.setCors([allowing('x-oss-*')]);
		expect(await page.looks('CompleteMultipartUpload')).toMatch(
			/lacks the headers content-type, authorization\. |lacks the headers authorization, content-type\. /,
		);
	});

	test('a Content-Type only where its value needs to be asked for', async () => {
		page.oss.setCors([allowing(...SIGNING)]);
		const initiating = page.client().forObject('k', {
			headers: {},
			guessedContentType: 'video/mp4',
			verify: 'none',
		});
		expect(await page.looks('InitiateMultipartUpload', initiating)).toMatch(
			/lacks the header content-type\. /,
		);
	});

	test('those that two rules allow, but none of them all', async () => {
		page.oss.setCors([allowing(...SIGNING.slice(0, 2)), allowing(...SIGNING.slice(2))]);
		expect(await page.looks('UploadPart')).toMatch(
			/no CORS rule .* that allows PUT with all of the headers .*authorization.*: rules do not add up\. Set the allowed headers of one of them to \*$/,
		);
	});
});

describe('a bucket without a rule for this page says the whole rule to add [A5]', () => {
	test.each<[string, readonly CorsRule[] | false]>([
		['no rule at all', false],
		['an empty list of rules', []],
		['a rule for another page', [{ ...EVERYTHING, origins: ['https://other.example'] }]],
	])('%s', async (_, rules) => {
		page.oss.setCors(rules);
		for (const name of ['InitiateMultipartUpload', 'UploadPart', 'HeadObject'] as const) {
			expect(await page.looks(name)).toBe(
				"The bucket has no CORS rule for this page's origin. Add one: source this page's origin, methods PUT, POST, GET, HEAD, DELETE, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma",
			);
		}
	});
});

describe('a probe needs the same preflight as the request that failed', () => {
	test.each<OperationName>(['InitiateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'PutObject'])(
		'%s',
		async (name) => {
			const object = page.object(page.client(), { 'x-oss-meta-a': '1', 'content-type': 'video/mp4' });
			await page.lost(name, object);
			await object.missingCors(name, signal);
			const [asked, probed] = page.transport.preflights;
			expect(asked?.split(' ').length).toBeGreaterThan(4);
			expect(probed).toBe(asked);
		},
	);

	test('or none, where a presigned request needs none', async () => {
		const signed = `${page.oss.url.replace('127.0.0.1', 'localhost')}/examplebucket/k`;
		const object = page.object(
			page.client({
				getCredentials: undefined,
				signRequest: () => ({ url: `${signed}?uploads&x-oss-signature=SECRET` }),
			}),
		);
		page.oss.setCors([without('POST')]);
		expect(await page.looks('InitiateMultipartUpload', object)).toMatch(/lacks the method POST\. /);
		expect(page.transport.preflights.filter((preflight) => preflight.startsWith('POST'))).toEqual([]);
	});
});

describe('a presigned URL on another host', () => {
	const presigned = () =>
		page.client({
			getCredentials: undefined,
			endpoint: resolveEndpoint({ bucket: 'examplebucket', region: 'cn-hangzhou' }),
			signRequest: ({ operation }) => ({
				url: `${page.oss.url}/examplebucket/k?x-oss-signature=SECRET&uploads&callback=SECRET`,
				headers: {
					'x-oss-gateway-token': 'SECRET',
					...(operation === 'UploadPart' && { 'x-own': 'SECRET' }),
				},
			}),
		});

	test('is asked there, without its query and without the values of its headers', async () => {
		page.oss.setCors([allowing('x-oss-gateway-token')]);
		expect(await page.looks('UploadPart', page.object(presigned()))).toMatch(/lacks the header x-own\. /);
		const probes = page.probes;
		expect(probes.length).toBeGreaterThan(1);
		for (const { url, headers } of probes) {
			expect(url.startsWith(`${page.oss.url}/examplebucket/k?`)).toBe(true);
			expect(url + JSON.stringify(headers)).not.toContain('SECRET');
		}
	});

	test('is one of its own: what passes on one host is asked on the other', async () => {
		let host = '127.0.0.1';
		const signRequest = () => ({
			url: `${page.oss.url.replace('127.0.0.1', host)}/examplebucket/k?uploadId=U`,
		});
		const of = page.client({ getCredentials: undefined, signRequest });
		// Refused, but by OSS, in words that can be read.
		expect(await failure(OPERATIONS.ListParts(page.object(of)))).toMatchObject({ code: 'Service' });
		page.oss.setCors(false);
		host = 'localhost';
		expect(await page.looks('ListParts', page.object(of))).toMatch(/no CORS rule/);
	});
});

describe('a look', () => {
	test('is one for parts that fail together', async () => {
		page.oss.setCors([without('PUT')]);
		const alone = page.object();
		const told = await page.looks('UploadPart', alone);
		const once = page.transport.preflights.length;
		page.transport.preflights.length = 0;
		const object = page.object();
		await Promise.all(Array.from({ length: 5 }, () => failure(object.uploadPart(part, signal))));
		const looks = Array.from({ length: 5 }, () => object.missingCors('UploadPart', signal));
		expect(await Promise.all(looks)).toEqual(Array(5).fill(told));
		expect(page.transport.preflights).toHaveLength(once - 1 + 5);
	});

	test('that somebody leaves goes on for the others', async () => {
		page.oss.setCors([without('PUT')]);
		const object = page.object();
		await failure(object.uploadPart(part, signal));
		const leaving = new AbortController();
		const [left, stayed] = [
			object.missingCors('UploadPart', leaving.signal),
			object.missingCors('UploadPart', signal),
		];
		leaving.abort('left');
		await expect(left).rejects.toBe('left');
		expect(await stayed).toMatch(/lacks the method PUT\. /);
	});

	test("is left at once by whose signal aborts, with the signal's own reason", async () => {
		const object = page.object();
		page.transport.loses = () => true;
		await failure(object.uploadPart(part, signal));
		await expect(object.missingCors('UploadPart', AbortSignal.abort('left'))).rejects.toBe('left');
		expect(page.probes).toEqual([]);
		const following = new AbortController();
		page.transport.loses = () => false;
		page.transport.send = () => new Promise(() => {});
		object.missingCors('UploadPart', signal).catch(() => {});
		const follows = object.missingCors('UploadPart', following.signal);
		following.abort('left');
		await expect(follows).rejects.toBe('left');
	});

	test('is not taken once such a request has been answered, for any object', async () => {
		const of = page.client();
		expect(await failure(OPERATIONS.UploadPart(page.object(of)))).toMatchObject({ ossCode: 'NoSuchUpload' });
		page.oss.setCors(false);
		expect(await page.looks('UploadPart', page.object(of, {}, 'other'))).toBeUndefined();
		expect(page.transport.reached).toBe(0);
		expect(page.probes).toEqual([]);
	});

	test('is taken for another method, which the rule may lack', async () => {
		const of = page.client();
		await failure(OPERATIONS.UploadPart(page.object(of)));
		page.oss.setCors([without('DELETE')]);
		expect(await page.looks('AbortMultipartUpload', page.object(of))).toMatch(/lacks the method DELETE/);
	});

	test('blames no rule that has let this page in before: a gateway answers without one while it fails', async () => {
		const of = page.client();
		await failure(OPERATIONS.UploadPart(page.object(of)));
		page.oss.setCors(false);
		expect(await page.looks('AbortMultipartUpload', page.object(of))).toBeUndefined();
		page.oss.setCors([EVERYTHING]);
		expect(await failure(OPERATIONS.AbortMultipartUpload(page.object(of)))).toMatchObject({
			ossCode: 'NoSuchUpload',
		});
	});

	test('is not taken either where it was answered with all headers hidden', async () => {
		page.oss.setCors([{ ...EVERYTHING, expose: [] }]);
		const of = page.client();
		expect(await OPERATIONS.HeadObject(page.object(of))).toMatchObject({ size: 12, etag: undefined });
		page.oss.setCors(false);
		expect(await page.looks('HeadObject', page.object(of))).toBeUndefined();
		expect(page.transport.reached).toBe(0);
	});

	test('is not taken again once a probe has passed', async () => {
		const object = page.object();
		await page.lost('UploadPart', object);
		await object.missingCors('UploadPart', signal);
		await object.missingCors('UploadPart', signal);
		expect(page.probes).toHaveLength(1);
	});
});
