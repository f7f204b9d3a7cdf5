import { describe, expect, test } from 'vitest';
import { bucket, expectStored, fileOf, openWorld, PART } from '../page.js';

describe('[case 37] keys: signed = requested = stored', () => {
	test.each([
		'a+b',
		'a#b',
		'a%b',
		'a%20b',
		'%2e%2e/x',
		'a?b',
		'a&b=c',
		'a b',
		"it's (good)! *~",
		'中文/日本語.txt',
		'emoji-🎬.mp4',
		'a//b',
		'a/',
		'ends with space ',
		'tab\tnew\nline',
		'back\\slash',
		'quote"<>|^`{}',
		'影'.repeat(341),
	])('%j', async (key) => {
		const world = await openWorld();
		const [small, large] = [fileOf(5), fileOf(2 * PART)];
		const page = world.page();
		await page.upload(small, { key }).result;
		await expectStored(world, key, small);
		const { location } = await page.upload(large, { key, partSize: PART }).result;
		await expectStored(world, key, large);
		expect(new URL(location).pathname.split('/').slice(2).map(decodeURIComponent).join('/')).toBe(key);
	});
});

describe('[case 38] each header goes to the requests it belongs to, and only there', () => {
	const options = {
		contentType: 'video/mp4',
		headers: { 'Cache-Control': 'max-age=60', 'x-oss-server-side-encryption': 'AES256' },
		meta: { by: 'ann' },
		tags: { kind: 'film' },
		acl: 'private',
		storageClass: 'IA',
		forbidOverwrite: true,
		trafficLimit: 819_200 * 10,
	} as const;
	const stored = {
		'content-type': 'video/mp4',
		'cache-control': 'max-age=60',
		'x-oss-meta-by': 'ann',
		'x-oss-storage-class': 'IA',
		'x-oss-server-side-encryption': 'AES256',
	};

	test('an upload in parts', async () => {
		const world = await openWorld();
		await world.page().upload(fileOf(2 * PART), { key: 'k', partSize: PART, ...options }).result;
		expect((await world.oss.object(bucket, 'k'))?.headers).toMatchObject(stored);
		const names = (operation: string) =>
			Object.keys(world.oss.requests.find((record) => record.operation === operation)?.headers ?? {})
				.filter((name) => /^(x-oss-|cache-|content-type)/.test(name) && !/date|sha256|security/.test(name))
				.sort();
		expect(names('UploadPart')).toEqual(['x-oss-traffic-limit']);
		expect(names('CompleteMultipartUpload')).toEqual([
			'content-type',
			'x-oss-forbid-overwrite',
			'x-oss-object-acl',
		]);
		expect(names('InitiateMultipartUpload')).toEqual([
			'cache-control',
			'content-type',
			'x-oss-forbid-overwrite',
			'x-oss-meta-by',
			'x-oss-server-side-encryption',
			'x-oss-storage-class',
			'x-oss-tagging',
		]);
	});

	test('an upload in one request', async () => {
		const world = await openWorld();
		await world.page().upload(fileOf(5), { key: 'k', ...options }).result;
		expect((await world.oss.object(bucket, 'k'))?.headers).toMatchObject(stored);
	});

	test('forbidOverwrite over an object that is there: FileAlreadyExists', async () => {
		const world = await openWorld();
		const page = world.page();
		await page.upload(fileOf(5), { key: 'k' }).result;
		await expect(page.upload(fileOf(5), { key: 'k', forbidOverwrite: true }).result).rejects.toMatchObject({
			status: 409,
			ossCode: 'FileAlreadyExists',
		});
	});

	test.each([
		['k', '', 'application/octet-stream'],
		['film.ts', '', 'video/MP2T'],
		['photo.png', 'image/webp', 'image/webp'],
	])('the content type of key %s and blob type %j is %s', async (key, type, expected) => {
		const world = await openWorld();
		await world.page().upload(new Blob(['x'], { type }), { key }).result;
		expect((await world.oss.object(bucket, key))?.headers['content-type']).toBe(expected);
	});
});

describe('verify', () => {
	test.each(['crc64', 'md5', 'full'] as const)('%s compares the whole object', async (verify) => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		expect(await world.page().upload(file, { key: 'k', partSize: PART, verify }).result).toMatchObject({
			verified: 'object',
		});
		const hasMd5 = world.oss.requests
			.filter(({ operation }) => operation === 'UploadPart')
			.map(({ headers }) => 'content-md5' in headers);
		expect(new Set(hasMd5)).toEqual(new Set([verify === 'md5']));
		await expectStored(world, 'k', file);
	});

	test('none hashes nothing and says so', async () => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		const page = world.page();
		expect(await page.upload(file, { key: 'k', partSize: PART, verify: 'none' }).result).toMatchObject({
			verified: 'none',
		});
		expect(await page.upload(fileOf(5), { key: 'l', verify: 'none' }).result).toMatchObject({
			verified: 'none',
		});
		await expectStored(world, 'k', file);
	});

	test('md5: wrong bytes are refused before they are stored', async () => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		world.fault({ operation: 'UploadPart', partNumber: 2, action: { type: 'corrupt' } });
		await world.page().upload(file, { key: 'k', partSize: PART, verify: 'md5' }).result;
		expect(world.oss.requests.filter(({ code }) => code === 'InvalidDigest')).toHaveLength(1);
		await expectStored(world, 'k', file);
	});

	test('[case 7] a part that OSS stored empty is noticed by its checksum', async () => {
		const world = await openWorld();
		const file = fileOf(5 * PART);
		world.fault({ operation: 'UploadPart', partNumber: 5, action: { type: 'corrupt' } });
		const retries: unknown[] = [];
		const task = world.page().upload(file, { key: 'k', partSize: PART });
		task.on('retry', ({ error }) => retries.push(error.code));
		await task.result;
		expect(retries).toEqual(['ChecksumMismatch']);
		await expectStored(world, 'k', file);
	});
});
