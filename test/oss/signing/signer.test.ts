import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/index.js';
import { NotSignedError } from '../../../src/oss/signing/not-signed-error.js';
import { createSigner, type SignerOptions } from '../../../src/oss/signing/signer.js';
import { expectStored, fileOf, openWorld, PART } from '../../page.js';
import { inputOf, type Vector, vectors } from './vectors.js';

const place = { bucket: 'examplebucket', region: 'cn-hangzhou' };
const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk-secret' };

/** What is not the region's own OSS has another product, which no endpoint of an uploader has. */
const ofOss = (kind: string) => vectors(kind).filter(({ inputs: { product = 'oss' } }) => product === 'oss');

function signerOf(vector: Vector) {
	const { bucket, region, credentials, time } = inputOf(vector);
	return createSigner({ bucket, region, credentials, now: () => time });
}

const requestOf = (vector: Vector) => {
	const { method, key, query, headers } = inputOf(vector);
	return { method, key, query, headers, additionalHeaders: vector.inputs.additionalHeaders };
};

describe('published signatures', () => {
	test.each(ofOss('v4-header'))('V4, header, $name', async (vector) => {
		const { headers } = await signerOf(vector).sign(requestOf(vector));
		const { authorization, signature } = { ...vector.derived, ...vector.expected };
		expect(headers.authorization).toEqual(authorization ?? expect.stringMatching(`=${signature}$`));
	});

	test.each(ofOss('v4-query'))('V4, query, $name', async (vector) => {
		const url = new URL(await signerOf(vector).presign(requestOf(vector), vector.inputs.expires));
		expect(url.searchParams.get('x-oss-signature')).toBe(vector.expected.signature);
	});

	/** Tokens of STS hold no spaces, and are refused with them. */
	const v1 = vectors('v1-query').filter(({ inputs }) => !inputs.securityToken?.includes(' '));

	test.each(v1)('V1, query, $name', async (vector) => {
		const { bucket, region, credentials } = inputOf(vector);
		const { expiresAt = 0 } = vector.inputs;
		const now = () => (expiresAt - 900) * 1000;
		const place = { bucket, region: region || 'cn-hangzhou' };
		const signer = createSigner({ ...place, credentials, signatureVersion: 'v1', now });
		const url = new URL(await signer.presign(requestOf(vector), 900));
		expect(url.searchParams.get('Signature')).toBe(vector.expected.signature);
	});
});

describe('against the emulator', () => {
	let oss: Emulator;
	beforeAll(async () => {
		oss = await startEmulator();
	});
	afterAll(() => oss.close());

	const put = { method: 'PUT', key: "a b+!'()*~ü/ö.txt", headers: { 'content-type': 'text/plain' } };
	const versions: readonly NonNullable<SignerOptions['signatureVersion']>[] = ['v4', 'v1'];

	describe.each(versions)('%s', (signatureVersion) => {
		test.each(['permanent', 'temporary'] as const)('OSS takes both forms, by a %s key', async (life) => {
			const key = life === 'permanent' ? oss : oss.mintCredentials();
			const signer = createSigner({ ...place, endpoint: oss.url, signatureVersion, credentials: key });
			const { url, headers } = await signer.sign(put);
			expect((await fetch(url, { method: 'PUT', headers, body: 'one' })).status).toBe(200);
			const { headers: own } = put;
			const presigned = await signer.presign(put, 60);
			expect((await fetch(presigned, { method: 'PUT', headers: own, body: 'two!' })).status).toBe(200);
			expect((await oss.object(place.bucket, put.key))?.size).toBe(4);
		});

		test('a page uploads, interrupted and resumed, with signatures alone', async () => {
			const world = await openWorld();
			const { signUpload } = createSigner({
				...place,
				endpoint: world.oss.url,
				signatureVersion,
				credentials: async () => world.oss.mintCredentials(),
			});
			const page = () =>
				world.page({
					// As it comes out of JSON.
					signRequest: ({ signal: _, ...request }) =>
						signUpload(JSON.parse(JSON.stringify(request)), { prefix: 'users/1/' }),
				});
			const file = fileOf(5 * PART);
			const options = {
				key: 'users/1/film.mp4',
				partSize: PART,
				meta: { by: 'alice' },
				verify: 'md5',
			} as const;
			world.fault({
				operation: 'UploadPart',
				partNumber: 3,
				times: 'always',
				action: { type: 'status', status: 403 },
			});
			await expect(page().upload(file, options).result).rejects.toThrow();
			world.oss.clearFaults();
			const again = page().upload(file, {
				...options,
				key: (_, unfinished) => unfinished?.key ?? 'users/1/other',
			});
			expect(await again.result).toMatchObject({ key: options.key, verified: 'object' });
			expect((await again.result).resumed).toBeGreaterThan(0);
			await expectStored(world, options.key, file);
			const aborted = page().upload(file, { ...options, key: 'users/1/b', onProgress: () => {} });
			await world.oss.whenRequest(({ operation, key }) => operation === 'UploadPart' && key === 'users/1/b');
			await aborted.abort();
			expect(world.oss.uploads(place.bucket)).toEqual([]);
		});
	});

	test('a URL is good for as long as it says, and for its method alone', async () => {
		const ended = createSigner({
			...place,
			endpoint: oss.url,
			credentials: oss,
			now: () => Date.now() - 61_000,
		});
		expect((await fetch(await ended.presign({ ...put, headers: {} }, 60), { method: 'PUT' })).status).toBe(
			403,
		);
		const signer = createSigner({ ...place, endpoint: oss.url, credentials: oss });
		const url = await signer.presign({ method: 'HEAD', key: 'k' });
		expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
		expect(new URL(url).searchParams.get('x-oss-expires')).toBe('900');
	});

	test('an additional header is signed along', async () => {
		const signer = createSigner({ ...place, endpoint: oss.url, credentials: oss });
		const { url, headers } = await signer.sign({
			...put,
			headers: { ...put.headers, 'cache-control': 'no-cache' },
			additionalHeaders: ['Cache-Control'],
		});
		const send = (changed: object) =>
			fetch(url, { method: 'PUT', headers: { ...headers, ...changed }, body: 'x' });
		expect((await send({})).status).toBe(200);
		expect((await send({ 'cache-control': 'no-store' })).status).toBe(403);
	});
});

describe('what a page may have signed', () => {
	const signer = createSigner({ ...place, credentials });
	const asked = {
		operation: 'PutObject',
		method: 'PUT',
		bucket: place.bucket,
		key: 'users/1/a',
		query: {},
		headers: { 'content-type': 'a/b' } as object,
	};
	const rules = { prefix: 'users/1/' };
	const refusal = (changes: object, more: object = {}): Promise<unknown> =>
		signer.signUpload({ ...asked, ...changes }, { ...rules, ...more }).then(
			({ headers }) => headers,
			(error) => error,
		);

	test.each([
		['PutObject', 'PUT', {}],
		['HeadObject', 'HEAD', {}],
		['InitiateMultipartUpload', 'POST', { uploads: '' }],
		['UploadPart', 'PUT', { partNumber: '1', uploadId: 'u' }],
		[
			'ListParts',
			'GET',
			{ uploadId: 'u', 'max-parts': '1000', 'part-number-marker': '5', 'encoding-type': 'url' },
		],
		['CompleteMultipartUpload', 'POST', { uploadId: 'u' }],
		['AbortMultipartUpload', 'DELETE', { uploadId: 'u' }],
	])('is what an upload sends: %s', async (operation, method, query) => {
		const headers = {
			'content-type': 'video/mp4',
			'content-md5': 'x',
			'Cache-Control': 'no-cache',
			'x-oss-meta-by': 'alice',
			'x-oss-tagging': 'a=1',
			'x-oss-forbid-overwrite': 'true',
			'x-oss-traffic-limit': '245760',
		};
		const signed = await signer.signUpload(
			{ ...asked, operation, method, query, headers, partNumber: 1 },
			rules,
		);
		expect(signed.headers).toMatchObject({
			...headers,
			authorization: expect.stringContaining('Credential=ak/'),
		});
		expect(new URL(signed.url).host).toBe('examplebucket.oss-cn-hangzhou.aliyuncs.com');
	});

	test.each<[string, object, number]>([
		['another bucket', { bucket: 'other' }, 403],
		['no bucket', { bucket: undefined }, 400],
		['a key outside of the prefix', { key: 'users/12/a' }, 403],
		['a key that climbs out of the prefix', { key: 'users/1/../2/a' }, 403],
		['a key with a segment that browsers fold', { key: 'users/1/./a' }, 403],
		['half a character', { key: 'users/1/\ud800' }, 400],
		['a sub-resource that no upload needs', { query: { acl: '' } }, 403],
		['another operation than it says', { query: { partNumber: '1', uploadId: 'u' } }, 403],
		[
			'a sub-resource beside those of an operation',
			{ operation: 'UploadPart', query: { uploadId: 'u', partNumber: '1', acl: '' } },
			403,
		],
		[
			'a parameter that changes what is answered',
			{ operation: 'HeadObject', method: 'HEAD', query: { 'response-content-type': 'a' } },
			403,
		],
		['a callback in the query', { query: { callback: 'e30=' } }, 403],
		['deleting an object', { operation: 'DeleteObject', method: 'DELETE' }, 403],
		['deleting an object by another name', { operation: 'AbortMultipartUpload', method: 'DELETE' }, 403],
		['reading an object', { operation: 'GetObject', method: 'GET' }, 403],
		['an inherited name for an operation', { operation: 'constructor' }, 403],
		[
			'listing the uploads of the bucket',
			{ operation: 'ListMultipartUploads', method: 'GET', query: { uploads: '' } },
			403,
		],
		['a query that is none', { query: ['acl'] }, 400],
		['a value that is no text', { query: { uploads: 1 } }, 400],
		['headers that are none', { headers: 'x-oss-object-acl: public-read' }, 400],
	])('is not %s [E9]', async (_, changes, status) => {
		expect(await refusal({})).toHaveProperty('authorization');
		const error = await refusal(changes);
		expect(error).toBeInstanceOf(NotSignedError);
		expect(error).toMatchObject({
			name: 'NotSignedError',
			status,
			message: expect.stringMatching(/^Not signed: /),
		});
	});

	test.each([undefined, null, 'PUT', [], 5])('is no %j', async (nothing) => {
		await expect(signer.signUpload(nothing, rules)).rejects.toMatchObject({ status: 400 });
	});

	test.each([
		'x-oss-copy-source',
		'X-Oss-Copy-Source',
		'x-oss-copy-source-range',
		'x-oss-symlink-target',
		'x-oss-callback',
		'x-oss-callback-var',
		'x-oss-object-acl',
		'x-oss-process',
		'x-oss-server-side-encryption-key-id',
		'x-oss-security-token',
		'x-oss-date',
		'x-oss-content-sha256',
		'authorization',
		'host',
		'x-oss-meta-a\nx-oss-copy-source',
	])('is not the header %j, unless it is allowed [E9]', async (name) => {
		const headers = { 'content-type': 'a/b', [name]: 'value' };
		expect(await refusal({ headers })).toMatchObject({
			status: 403,
			message: expect.stringContaining(JSON.stringify(name.toLowerCase())),
		});
		expect(await refusal({ headers }, { allowHeaders: [name] })).toHaveProperty('authorization');
	});

	test.each(['a\nx-oss-copy-source:/b/k', 'a\rb', 'a\u0000b', 'ü'])(
		'is not a value that would bring a line of its own along: %j [E9]',
		async (value) => {
			expect(await refusal({ headers: { 'x-oss-meta-a': value } })).toMatchObject({ status: 400 });
		},
	);

	test('is not a header that is there twice [E9]', async () => {
		const headers = { 'content-type': 'a/b', 'Content-Type': 'c/d' };
		expect(await refusal({ headers })).toMatchObject({
			status: 400,
			message: expect.stringContaining('twice'),
		});
	});

	test("may be all of a bucket by the prefix ''", async () => {
		expect(await refusal({ key: 'anything' }, { prefix: '' })).toHaveProperty('authorization');
	});
});

describe('wrong arguments', () => {
	test.each([undefined, 'users/1', 5])('a prefix like %j, good for the neighbour too', async (prefix) => {
		const signer = createSigner({ ...place, credentials });
		await expect(signer.signUpload({}, { prefix: prefix as string })).rejects.toThrow(/ends with a slash/);
	});

	test.each([
		[{ bucket: '' }, /`bucket`/],
		[{ region: 'hangzhou' }, /`region`.*cn-hangzhou/],
		[{ signatureVersion: 'v2' }, /`signatureVersion`/],
		[{ credentials: { accessKeyId: 'ak', secret: 'SECRET' } }, /got an object with accessKeyId, secret$/],
		[{ credentials: { accessKeyId: 'ak', accessKeySecret: 'SECRET\n' } }, /`accessKeySecret` as text/],
	])('%j is a TypeError at once, which tells no secret', (wrong, message) => {
		const make = () => createSigner({ ...place, credentials, ...wrong } as SignerOptions);
		expect(make).toThrow(message);
		expect(make).toThrow(TypeError);
		expect(make).toThrow(/^(?!.*SECRET)/s);
	});

	test('credentials that come later are looked at when they come', async () => {
		const signer = createSigner({ ...place, credentials: async () => ({}) as never });
		await expect(signer.sign({ method: 'GET' })).rejects.toThrow(/^Expected `credentials`/);
	});

	test.each([0, 604_801, 1.5])('a URL for %d seconds', async (seconds) => {
		const signer = createSigner({ ...place, credentials });
		await expect(signer.presign({ method: 'GET', key: 'k' }, seconds)).rejects.toThrow(/`expiresSeconds`/);
	});
});
