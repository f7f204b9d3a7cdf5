import { describe, expect, test } from 'vitest';
import {
	createUploader,
	type ResumeOptions,
	type UploaderOptions,
	type UploadOptions,
} from '../src/index.js';
import { expectKey, expectUpload, resolveUploaderOptions } from '../src/options.js';

const getCredentials = () => ({ accessKeyId: 'id', accessKeySecret: 'planted-secret' });
const base: UploaderOptions = { bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials };
const make = (over: Record<string, unknown>) => () => createUploader({ ...base, ...over } as UploaderOptions);
const blob = new Blob(['hello']);
const upload = (over: Record<string, unknown>) => () =>
	createUploader(base).upload(blob, { key: 'k', ...over } as UploadOptions);
const uploadOf = (notBlob: unknown) => () => createUploader(base).upload(notBlob as Blob, { key: 'k' });
/** Bytes that nobody has to hold. */
const ofSize = (size: number) => ({ size, slice: () => blob }) as unknown as Blob;

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
		expect(make({ signRequest: () => ({ url: 'https://x' }) })).toThrow(
			/`getCredentials` to be left out beside `signRequest`/,
		);
		expect(make({ getCredentials: undefined })).toThrow(
			/`getCredentials` to be a function, got undefined: write it like credentialsFrom/,
		);
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
		['scope', 'half \ud83d'],
		['getCredentials', 'token'],
		['fingerprint', 'md5'],
	])('%s: %s', (name, value) => {
		expect(make({ [name]: value })).toThrow(`\`${name}\``);
	});

	test.each<[string, unknown, typeof TypeError, RegExp]>([
		['a number', 5, TypeError, /`retry` to be an object, got 5: write it like { patienceMs, /],
		['null', null, TypeError, /`retry` to be an object, got null/],
		['an array', [1000], TypeError, /got Array/],
		[
			'what 0.1 took',
			{ attempts: 6 },
			TypeError,
			/one of patienceMs, minDelayMs, maxDelayMs, got "attempts"/,
		],
		[
			'text',
			{ patienceMs: '3 min' },
			TypeError,
			/`retry.patienceMs`.* got "3 min": write it in milliseconds/,
		],
		['null as a time', { minDelayMs: null }, TypeError, /`retry.minDelayMs`.* got null/],
		['a negative time', { minDelayMs: -1 }, RangeError, /from 0 to 2147483647, got -1/],
		['more than a timer can wait', { maxDelayMs: 2 ** 31 }, RangeError, /to 2147483647, got 2147483648/],
		['patience without end', { patienceMs: Infinity }, RangeError, /got Infinity/],
		[
			'a longest delay below the shortest',
			{ minDelayMs: 500, maxDelayMs: 100 },
			RangeError,
			/from 500 to .* got 100/,
		],
	])('[C7] retry: %s', (_, retry, kind, message) => {
		expect(make({ retry })).toThrow(kind);
		expect(make({ retry })).toThrow(message);
	});

	test.each<[string, Record<string, unknown>, RegExp]>([
		['checkpoints', { checkpoints: true }, /got true: call indexedDbCheckpoints\(\), or write false/],
		['checkpoints', { checkpoints: null }, /got null/],
		['checkpoints', { checkpoints: 0 }, /got 0/],
		['checkpoints', { checkpoints: () => ({}) }, /got Function: call indexedDbCheckpoints\(\)/],
		['checkpoints', { checkpoints: new Map() }, /an object with find, .*, got Map/],
		['transport', { transport: {} }, /an object with send, got Object: call xhrTransport\(\)/],
		['transport', { transport: () => {} }, /got Function: call xhrTransport\(\)/],
		['workerUrl', { workerUrl: 5 }, /a URL or a string, got 5/],
		['workerUrl', { workerUrl: '' }, /a URL or a string, got "…"/],
		['cname', { cname: 'true' }, /one of true, false, got "true"/],
		['allowInsecureEndpoint', { allowInsecureEndpoint: 1 }, /one of true, false, got 1/],
		['signatureVersion', { signatureVersion: 4 }, /one of v4, v1, got 4/],
		['scope', { scope: null }, /got null: write it like String\(user.id\)/],
		['region', { region: undefined }, /got undefined: write it as the OSS console names it/],
		['region', { region: 'hangzhou' }, /"cn-hangzhou"/],
	])('[C7] what is no %s: %j', (name, over, message) => {
		expect(make(over)).toThrow(TypeError);
		expect(make(over)).toThrow(`\`${name}\``);
		expect(make(over)).toThrow(message);
	});

	test.each<[string, Record<string, unknown>, RegExp]>([
		[
			'keys in the page',
			{ getCredentials: { accessKeyId: 'planted-secret' } },
			/a function, got Object: write it like credentialsFrom\('\/sts'\)/,
		],
		[
			'an address',
			{ getCredentials: '/sts?planted-secret' },
			/a function, got "…": write it like credentialsFrom/,
		],
		[
			'its answer',
			{ getCredentials: Promise.resolve('planted-secret') },
			/a function, got Promise: write it like credentialsFrom/,
		],
		['null', { getCredentials: null }, /a function, got null: write it like credentialsFrom/],
		[
			'a URL',
			{ getCredentials: undefined, signRequest: 'https://planted-secret' },
			/`signRequest`.*got "…": write it like/,
		],
	])('[C8] in place of a function that asks for a token: %s', (_, over, message) => {
		expect(make(over)).toThrow(TypeError);
		expect(make(over)).toThrow(message);
		expect(make(over)).toThrow(/^(?!.*planted)/);
	});

	test.each([undefined, null, 'examplebucket', []])('[C8] %j instead of options', (options) => {
		expect(() => createUploader(options as unknown as UploaderOptions)).toThrow(
			/`options` to be an object, got .*: write it like { bucket, region, /,
		);
	});

	test('an http endpoint on another machine, since the token would travel in clear', () => {
		expect(make({ endpoint: 'http://oss.example.com' })).toThrow(TypeError);
		expect(make({ endpoint: 'http://oss.example.com', allowInsecureEndpoint: true })).not.toThrow();
		expect(make({ endpoint: 'http://127.0.0.1:9000' })).not.toThrow();
	});

	test('an explicit undefined keeps the default', () => {
		const nothing = { parallel: undefined, scope: undefined, retry: undefined, checkpoints: undefined };
		expect(make(nothing)).not.toThrow();
		expect(resolveUploaderOptions({ ...base, ...nothing })).toEqual({
			scope: '',
			parallel: 5,
			checkpointTtlMs: 7 * 24 * 60 * 60_000,
			retry: { patienceMs: 180_000, minDelayMs: 300, maxDelayMs: 20_000 },
		});
	});
});

describe('an option that would be ignored is refused', () => {
	test.each([
		['key', 'pass it to upload()'],
		['partSize', 'pass it to upload()'],
	])('[C8] createUploader({ %s })', (name, nextStep) => {
		expect(make({ [name]: 'x' })).toThrow(TypeError);
		expect(make({ [name]: 'x' })).toThrow(
			`Expected \`${name}\` to be an option of createUploader(), got "…": `,
		);
		expect(make({ [name]: 'x' })).toThrow(nextStep);
	});

	test.each([
		['scope', 'pass it to createUploader()'],
		['fingerprint', 'pass it to createUploader()'],
		['parallel', 'pass it to createUploader()'],
	])('[C3] [C8] upload(file, { %s })', (name, nextStep) => {
		expect(upload({ [name]: 'x' })).toThrow(TypeError);
		expect(upload({ [name]: 'x' })).toThrow(`Expected \`${name}\` to be an option of upload(), got "…": `);
		expect(upload({ [name]: 'x' })).toThrow(nextStep);
	});

	test("but not what is nobody's, nor what is undefined: apps hand on objects that hold more", () => {
		const options = { key: 'k', scope: undefined, className: 'wide', constructor: 1, dataFoo: null };
		expect(() => expectUpload(blob, options as unknown as UploadOptions)).not.toThrow();
	});
});

describe('resume refuses at once', () => {
	const resume = (id: unknown, file: unknown, options: unknown) => () =>
		createUploader(base).resume(id as string, file as Blob, options as ResumeOptions);

	test.each<[string, unknown, unknown, unknown, RegExp]>([
		['what pending() lists, instead of its id', { id: 'i' }, blob, {}, /`id`.* got Object: pass an `id` of/],
		[
			'no file',
			'i',
			null,
			{},
			/`blob` to be a File, a Blob or the handle of a file, got null: pass one File/,
		],
		['a list of files', 'i', [blob], {}, /such as input.files\[0\]/],
		['null as options', 'i', blob, null, /`options` to be an object, got null/],
		[
			'[C3] a scope',
			'i',
			blob,
			{ scope: 'ann' },
			/`scope` to be an option of resume\(\), .*: pass it to createUploader\(\)/,
		],
		[
			'[C3] a fingerprint',
			'i',
			blob,
			{ fingerprint: () => '' },
			/`fingerprint` to be an option of resume\(\)/,
		],
		[
			'settings of the object',
			'i',
			blob,
			{ meta: {} },
			/`meta` to be an option of resume\(\), .*: pass it to upload\(\)/,
		],
		['a signal that is none', 'i', blob, { signal: {} }, /`signal`/],
	])('%s', (_, id, file, options, message) => {
		expect(resume(id, file, options)).toThrow(TypeError);
		expect(resume(id, file, options)).toThrow(message);
	});
});

describe('upload refuses at once', () => {
	test.each([0, 102_399, 5 * 1024 ** 3 + 1, Number.NaN, 1e6 + 0.5, -1, Number.POSITIVE_INFINITY])(
		'[cases 35, 36] partSize %s',
		(partSize) => {
			expect(upload({ partSize })).toThrow(RangeError);
			expect(upload({ partSize })).toThrow(
				/`partSize` to be an integer from 102400 to 5368709120, got .*: write it in bytes, or 'auto'/,
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
		(key) => {
			expect(() => expectKey(key)).not.toThrow();
			expect(() => expectUpload(blob, { key })).not.toThrow();
		},
	);

	test.each([undefined, null, 5, Promise.resolve('k'), ['k']])(
		'[C8] %s instead of a key, saying that a function will do',
		(key) => {
			expect(upload({ key })).toThrow(TypeError);
			expect(upload({ key })).toThrow(/`key`.*write a string or a function, \(file, unfinished\) =>/);
		},
	);

	test.each([undefined, null, 'k', () => 'k'])('[C8] %s instead of options', (options) => {
		expect(() => createUploader(base).upload(blob, options as unknown as UploadOptions)).toThrow(
			/`options` to be an object, got .*: write it like { key, /,
		);
	});

	test.each<[string, unknown, RegExp]>([
		['verify', 'sha256', /one of crc64, md5, full, none, got "sha256"/],
		['verify', true, /got true/],
		['checkpoint', 'yes', /one of true, false, got "yes"/],
		['checkpoint', { doneParts: [] }, /one of true, false, got Object/],
		['onProgress', {}, /a function, got Object: write it like/],
		['signal', 'stop', /an object with throwIfAborted, got "…": pass controller.signal/],
		['signal', new AbortController(), /got AbortController: pass controller.signal/],
		['signal', null, /got null/],
		['partSize', 5, /got 5: write it in bytes, or 'auto'/],
		['partSize', '5 MB', /an integer .* got "5 MB": write it in bytes, or 'auto'/],
		['partSize', null, /got null/],
		['meta', null, /got null/],
		['acl', 'public', /one of default, private, public-read, public-read-write, got "public"/],
		['forbidOverwrite', 'false', /one of true, false, got "false"/],
	])('[C7] %s: %s', (name, value, message) => {
		expect(upload({ [name]: value })).toThrow(`\`${name}\``);
		expect(upload({ [name]: value })).toThrow(message);
	});

	test.each<[string, unknown, RegExp]>([
		['nothing', undefined, /got undefined: pass one File, such as input.files\[0\]$/],
		['null', null, /got null: pass one File, such as input.files\[0\]$/],
		['a path', '/home/a/film.mp4', /got "\/home\/a\/film.mp4": a page can read no path/],
		[
			'a list of files',
			Object.assign(Object.create({ item() {} }), { 0: blob, length: 1 }),
			/input.files\[0\], and call upload\(\) for each/,
		],
		['an array of files', [blob], /got Array: .*input.files\[0\], and call upload\(\) for each/],
		['an empty list', [], /input.files\[0\]/],
		['an input', { files: [blob] }, /got Object: pass one File, such as input.files\[0\]$/],
		['an event', { target: { files: [blob] } }, /event.target.files\[0\]/],
		['a drop', { target: {}, dataTransfer: { files: [blob] } }, /event.dataTransfer.files\[0\]/],
		['a promise', Promise.resolve(blob), /got Promise: await it first/],
		[
			'an item of a drop',
			{ kind: 'file', getAsFile() {} },
			/got Object: pass the file itself, or the handle of/,
		],
		[
			'the handle of a folder',
			{ kind: 'directory', name: 'a' },
			/pass the file itself, or the handle of one file/,
		],
		['an object', {}, /got Object: pass one File, such as input.files\[0\]$/],
		['a number', 5, /got 5: pass one File/],
	])('[C8] %s instead of a File', (_, notBlob, message) => {
		expect(uploadOf(notBlob)).toThrow(TypeError);
		expect(uploadOf(notBlob)).toThrow('Expected `blob` to be a File, a Blob or the handle of a file, got ');
		expect(uploadOf(notBlob)).toThrow(message);
	});

	test('a file given as text, of which the message holds no more than the beginning', () => {
		expect(uploadOf(`data:${'A'.repeat(1_000_000)}`)).toThrow(/^.{1,300}$/);
	});

	test('more than 10,000 parts of 5 GiB, and a size that is none', () => {
		const largest = 10_000 * 5 * 1024 ** 3;
		expect(uploadOf(ofSize(largest + 1))).toThrow(RangeError);
		expect(uploadOf(ofSize(Number.NaN))).toThrow(RangeError);
		expect(() => expectUpload(ofSize(largest), { key: 'k' })).not.toThrow();
	});

	test('no message repeats a secret', () => {
		expect(make({ getCredentials: { accessKeySecret: 'planted-secret' } })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('planted') }),
		);
	});
});
