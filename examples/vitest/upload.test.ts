// What your app does with uploads, tested against an OSS that runs inside the test: no account, no network.
import { createUploader, memoryCheckpoints } from 'oss-resumable-upload';
import { type Emulator, startEmulator } from 'oss-resumable-upload/emulator';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const KiB = 1024;
const bucket = 'examplebucket';

let oss: Emulator;
beforeAll(async () => {
	oss = await startEmulator({ buckets: [bucket] });
});
afterEach(() => {
	oss.clearFaults();
	oss.clearRequests();
});
afterAll(() => oss.close());

/** As your app makes it, but for the address, the tokens, and the checkpoints, which Node has no IndexedDB for. */
const openUploader = (checkpoints = memoryCheckpoints()) =>
	createUploader({
		bucket,
		region: oss.region,
		endpoint: oss.url,
		getCredentials: () => oss.mintCredentials(),
		checkpoints,
		retry: { patienceMs: 1, minDelayMs: 1, maxDelayMs: 1 },
	});

const film = new File([crypto.getRandomValues(new Uint8Array(50 * KiB)), new Uint8Array(300 * KiB)], 'a.mp4');
const options = { key: 'films/a.mp4', partSize: 100 * KiB };

test('a film is stored, though OSS was busy at first', async () => {
	oss.addFault({
		operation: 'UploadPart',
		times: 3,
		action: { type: 'status', status: 503, code: 'ServiceUnavailable' },
	});
	const { verified } = await openUploader().upload(film, options).result;
	expect(verified).toBe('object');
	expect(await oss.object(bucket, 'films/a.mp4')).toMatchObject({ size: film.size });
});

test('what was stored before the page was closed is not sent again', async () => {
	const checkpoints = memoryCheckpoints();
	// Part 3 hangs, and the page is closed meanwhile.
	oss.addFault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
	const closed = openUploader(checkpoints);
	const { result } = closed.upload(film, options);
	const isStored = (partNumber: number) =>
		oss.whenRequest((request) => request.partNumber === partNumber && request.stored);
	await Promise.all([isStored(1), isStored(2), isStored(4)]);
	const stopped = expect(result).rejects.toThrow();
	await closed.close();
	await stopped;

	oss.clearFaults();
	oss.clearRequests();
	const { resumed } = await openUploader(checkpoints).upload(film, {
		...options,
		key: (_, unfinished) => unfinished?.key ?? 'films/another.mp4',
	}).result;
	expect(resumed).toBeGreaterThanOrEqual(200 * KiB);
	const sent = oss.requests.filter(({ operation }) => operation === 'UploadPart');
	expect(sent.map(({ partNumber }) => partNumber)).toEqual([3]);
});

test('a token that may not write ends the upload with a sentence', async () => {
	const uploader = createUploader({
		bucket,
		region: oss.region,
		endpoint: oss.url,
		checkpoints: false,
		getCredentials: () => oss.mintCredentials({ policy: ['GetObject'] }),
	});
	await expect(uploader.upload(film, options).result).rejects.toMatchObject({
		code: 'Service',
		ossCode: 'AccessDenied',
	});
});
