import { describe, expect, test } from 'vitest';
import { createUploader, type UploaderOptions, type UploadOptions } from '../src/index.js';

const getCredentials = () => ({ accessKeyId: 'id', accessKeySecret: 'planted-secret' });
const base: UploaderOptions = { bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials };
const make = (over: Record<string, unknown>) => () => createUploader({ ...base, ...over } as UploaderOptions);
const blob = new Blob(['hello']);
const upload = (over: Record<string, unknown>) => () =>
	createUploader(base).upload(blob, { key: 'k', ...over } as UploadOptions);

describe('createUploader refuses at once, naming expected and received', () => {
	// The C SDK's own list (resumable_invalid_parameter), and what else is not a bucket name.
	test.each([
		'',
		'a',
		'ab',
		'a'.repeat(64),
		'Bucket',
		'BUCKET',
		'-bucket',
		'bucket-',
		'bucket_name',
		'bucket.name',
		'bucket/name',
		'bucket\\name',
		'bucket name',
		'bucket?',
		'bucket#',
		'桶桶桶',
		'bucket\n',
	])('the bucket name %j', (bucket) => {
		expect(make({ bucket })).toThrow(TypeError);
		expect(make({ bucket })).toThrow(/`bucket`.*lower-case letters/);
	});

	test.each([undefined, null, 12345, {}])('%s as a bucket', (bucket) => {
		expect(make({ bucket })).toThrow(TypeError);
	});

	test('both or neither of getCredentials and signRequest', () => {
		expect(make({ signRequest: () => ({ url: 'https://x' }) })).toThrow(/exactly one.*got both/);
		expect(make({ getCredentials: undefined })).toThrow(/exactly one.*got neither/);
	});

	test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1025])('[case 36] parallel %s', (parallel) => {
		expect(make({ parallel })).toThrow(RangeError);
		expect(make({ parallel })).toThrow(`\`parallel\` to be an integer from 1 to 1024, got ${parallel}`);
	});

	test('[case 36] a number written as a string', () => {
		expect(make({ parallel: '5' })).toThrow(TypeError);
		expect(make({ parallel: '5' })).toThrow('got "5"');
		expect(upload({ partSize: '1048576' })).toThrow(TypeError);
	});

	test.each([
		['signatureVersion', 'v2'],
		['credentialsFor', 'bucket'],
		['checkpoints', 'indexeddb'],
		['transport', 'fetch'],
		['checkpointTtlMs', 0],
		['scope', 5],
		['getCredentials', 'token'],
	])('%s: %s', (name, value) => {
		expect(make({ [name]: value })).toThrow(`\`${name}\``);
	});

	test('retry with fewer than one attempt, or a longest delay below the shortest', () => {
		expect(make({ retry: { attempts: 0 } })).toThrow(RangeError);
		expect(make({ retry: { minDelayMs: 500, maxDelayMs: 100 } })).toThrow('retry.maxDelayMs');
	});

	test('an http endpoint on another machine, since the token would travel in clear', () => {
		expect(make({ endpoint: 'http://oss.example.com' })).toThrow(TypeError);
		expect(make({ endpoint: 'http://oss.example.com', allowInsecureEndpoint: true })).not.toThrow();
		expect(make({ endpoint: 'http://127.0.0.1:9000' })).not.toThrow();
	});

	test('an explicit undefined keeps the default', () => {
		expect(
			make({ parallel: undefined, scope: undefined, retry: undefined, checkpoints: undefined }),
		).not.toThrow();
	});
});

describe('upload refuses at once', () => {
	test.each([0, 102_399, 5 * 1024 ** 3 + 1, Number.NaN, 1e6 + 0.5, -1, Number.POSITIVE_INFINITY])(
		'[cases 35, 36] partSize %s',
		(partSize) => {
			expect(upload({ partSize })).toThrow(RangeError);
			expect(upload({ partSize })).toThrow(
				/`partSize` to be 'auto' or an integer from 102400 to 5368709120, got/,
			);
		},
	);

	test.each([
		['empty', ''],
		['over 1,023 bytes', 'a'.repeat(1024)],
		['over 1,023 bytes of UTF-8', '影'.repeat(342)],
	])('a key that is %s', (_, key) => {
		expect(upload({ key })).toThrow(RangeError);
		expect(upload({ key })).toThrow('`UTF-8 bytes of key` to be an integer from 1 to 1023');
	});

	test.each(['/a', '\\a', '.', '..', 'a/./b', 'a/..', '../a', './a', 'a/../b', 'a\n/../b', 'half \ud83d'])(
		'[case 37] the key %j',
		(key) => {
			expect(upload({ key })).toThrow(TypeError);
			expect(upload({ key })).toThrow('`key`');
		},
	);

	test.each(['...', '.a', 'a.', 'a/.b', 'a/..b/c..', 'a//b', 'ab/', '影'.repeat(341), 'a\nb'])(
		'but not the key %j',
		async (key) => {
			const uploader = createUploader({ ...base, checkpoints: false });
			const task = uploader.upload(blob, { key, signal: AbortSignal.abort() });
			await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		},
	);

	test.each([
		['key', 5],
		['verify', 'sha256'],
		['checkpoint', 'yes'],
		['fingerprint', 'md5'],
		['onProgress', {}],
		['signal', 'stop'],
	])('%s: %s', (name, value) => {
		expect(upload({ [name]: value })).toThrow(TypeError);
		expect(upload({ [name]: value })).toThrow(`\`${name}\``);
	});

	test.each([undefined, null, 'text', [1], {}])('%s instead of a Blob', (notBlob) => {
		expect(() => createUploader(base).upload(notBlob as unknown as Blob, { key: 'k' })).toThrow(
			'Expected `blob` to be a File or Blob',
		);
	});

	test('more than 10,000 parts of 5 GiB', () => {
		const huge = { size: 10_000 * 5 * 1024 ** 3 + 1, slice: () => blob } as unknown as Blob;
		expect(() => createUploader(base).upload(huge, { key: 'k' })).toThrow(RangeError);
	});

	test('no message repeats a secret', () => {
		expect(make({ getCredentials: { accessKeySecret: 'planted-secret' } })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('planted') }),
		);
	});
});
