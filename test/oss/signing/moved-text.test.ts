import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/index.js';
import { NotSignedError } from '../../../src/oss/signing/not-signed-error.js';
import { createSigner, type SignedUpload } from '../../../src/oss/signing/signer.js';

/*
 * What a page has written into one field of a request is taken for another field by who checks the signature. V1 signs
 * key and query as one text with nothing percent-encoded.
 */

const bucket = 'examplebucket';
const prefix = 'users/1/';
const precious = 'users/1/precious';

let oss: Emulator;
beforeAll(async () => {
	oss = await startEmulator();
	await oss.putObject(bucket, precious, 'gold');
});
afterAll(() => oss.close());

describe.each(['v4', 'v1'] as const)('%s', (signatureVersion) => {
	const sign = (asked: object, prefixOfKeys = prefix): Promise<SignedUpload | Error> =>
		createSigner({ bucket, region: oss.region, endpoint: oss.url, signatureVersion, credentials: oss })
			.signUpload({ bucket, headers: {}, ...asked }, { prefix: prefixOfKeys })
			.catch((error) => error);

	/** With what was signed, if anything was. */
	async function send(method: string, signed: SignedUpload | Error, query: string): Promise<Response> {
		const { headers = {} } = signed as Partial<SignedUpload>;
		return fetch(`${oss.url}/${bucket}/${precious}?${query}`, { method, headers });
	}

	test('the end of a key is no parameter: aborting is not deleting [E9]', async () => {
		const signed = await sign({
			...{ operation: 'AbortMultipartUpload', method: 'DELETE', query: { uploadId: 'Q' } },
			key: `${precious}?response-content-type=a`,
		});
		const { status } = await send('DELETE', signed, 'response-content-type=a%3FuploadId%3DQ');
		expect(status).toBe(403);
		expect(await oss.object(bucket, precious)).toBeDefined();
	});

	test('nor is listing parts reading [E9]', async () => {
		const signed = await sign({
			...{ operation: 'ListParts', method: 'GET', query: { uploadId: 'Q' } },
			key: `${precious}?response-content-type=a`,
		});
		const answer = await send('GET', signed, 'response-content-type=a%3FuploadId%3DQ');
		expect(answer.status).toBe(403);
		expect(await answer.text()).not.toContain('gold');
	});

	test('a key with a question mark is signed where it is no parameter in what is signed [E9]', async () => {
		const asked = { operation: 'PutObject', method: 'PUT', query: {} };
		const signed = await sign({ ...asked, key: `${precious}?tagging` });
		if (signatureVersion === 'v4') expect(signed).toHaveProperty('url', expect.stringMatching(/%3Ftagging$/));
		else expect(signed).toMatchObject({ name: 'NotSignedError', status: 403 });
	});

	test('the end of a value is no further parameter [E9]', async () => {
		for (const [operation, method, query] of [
			['AbortMultipartUpload', 'DELETE', { uploadId: 'Q&versionId=V' }],
			['ListParts', 'GET', { uploadId: 'Q&x-oss-process=image/info' }],
			['ListParts', 'GET', { uploadId: 'Q?acl' }],
			['UploadPart', 'PUT', { partNumber: '1&tagging', uploadId: 'Q' }],
			['InitiateMultipartUpload', 'POST', { uploads: 'a&x-oss-process=b' }],
		] as const) {
			expect(await sign({ operation, method, key: precious, query })).toBeInstanceOf(NotSignedError);
		}
	});

	test.each([
		['AbortMultipartUpload', 'DELETE', { uploadId: '' }],
		['UploadPart', 'PUT', { partNumber: '', uploadId: 'Q' }],
		['InitiateMultipartUpload', 'POST', { uploads: 'all' }],
	])(
		'a parameter is not there without its value, or with one that it does not have: %s',
		async (operation, method, query) => {
			expect(await sign({ operation, method, key: precious, query })).toMatchObject({ status: 400 });
		},
	);

	test.each([
		['PutObject', 'PUT', {}],
		['HeadObject', 'HEAD', {}],
		['ListParts', 'GET', { uploadId: 'Q' }],
		['AbortMultipartUpload', 'DELETE', { uploadId: 'Q' }],
	])(
		"a key is not empty, which would be a request to the bucket: %s, by the prefix '' [E9]",
		async (operation, method, query) => {
			const asked = { operation, method, query };
			expect(await sign({ ...asked, key: 'a' }, '')).toHaveProperty('url');
			expect(await sign({ ...asked, key: '' }, '')).toMatchObject({ status: 403 });
		},
	);

	test.each(['/a', '\\a', '..', './a', 'a/..', 'a/./b', 'a'.repeat(1024), 'ü'.repeat(512)])(
		'a key is one that `upload` takes: not %j',
		async (key) => {
			const asked = { operation: 'PutObject', method: 'PUT', query: {} };
			expect(await sign({ ...asked, key }, '')).toMatchObject({ status: 403 });
		},
	);

	test.each(['a'.repeat(1023), `${'ü'.repeat(511)}a`, 'a\\b', '.a/..b', 'a&b=c#d%3Fe\nf'])(
		'and %j is one',
		async (key) => {
			const asked = { operation: 'PutObject', method: 'PUT', query: {} };
			expect(await sign({ ...asked, key }, '')).toHaveProperty('url');
		},
	);
});
