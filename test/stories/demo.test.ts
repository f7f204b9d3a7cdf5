import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../demo/server/index.js';
import type { Emulator, RequestRecord, StoredObjectInfo } from '../../emulator/index.js';
import { MiB, Visitor } from './demo-visitor.js';

const BUCKET = 'demo-bucket';

let visitor: Visitor;
let demo: Demo;
let emulator: Emulator;

beforeAll(async () => {
	visitor = await Visitor.arrive();
});
afterAll(() => visitor.leave());
afterEach(async () => {
	await demo.close();
	expect(visitor.complaints.splice(0)).toEqual([]);
});

async function start(): Promise<void> {
	demo = await startDemo();
	if (!demo.emulator) throw new Error('The demo started without its emulator');
	emulator = demo.emulator;
}

const open = (query: string) => visitor.open(`${demo.url}?partSize=${MiB}&${query}`);
const isOf = (operation: RequestRecord['operation']) => (record: RequestRecord) =>
	record.operation === operation;
const requestsOf = (operation: RequestRecord['operation']) => emulator.requests.filter(isOf(operation));
const storedParts = () => requestsOf('UploadPart').filter(({ stored }) => stored);

/** Resolves when OSS has stored this many parts, counted from the start of the emulator. */
function whenStored(parts: number): Promise<RequestRecord> {
	const seen = new Set<RequestRecord>();
	return emulator.whenRequest((record) => {
		if (isOf('UploadPart')(record) && record.stored) seen.add(record);
		return seen.size >= parts;
	});
}

/** The objects that were put together, in that order. */
async function objects(): Promise<StoredObjectInfo[]> {
	const found: StoredObjectInfo[] = [];
	for (const { key = '', status } of requestsOf('CompleteMultipartUpload')) {
		const object = status === 200 ? await emulator.object(BUCKET, key) : undefined;
		if (object) found.push(object);
	}
	return found;
}

test('an upload goes on after a reload, and only the missing parts are sent', async () => {
	await start();
	const file = await visitor.writeFile('holiday-video.mov', 64 * MiB);
	const page = await open(`throttle=${2 * MiB}`);
	await page.pick(file);
	await page.sees('holiday-video.mov', 'Uploading');
	await page.isAccessible();
	await whenStored(32);
	await page.reload();

	await page.sees('holiday-video.mov', 'Interrupted');
	await page.isAccessible();
	const before = storedParts().length;
	expect(before).toBeLessThan(64);
	await page.pickAgain('holiday-video.mov', file);
	await page.sees('holiday-video.mov', 'Done');
	await page.isAccessible();

	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
	expect(requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect(requestsOf('CompleteMultipartUpload')).toHaveLength(1);
	const numbers = storedParts().map(({ partNumber }) => partNumber);
	expect(numbers).toHaveLength(64);
	expect(new Set(numbers).size).toBe(64);
	await page.card('holiday-video.mov').getByText('Verified: OSS holds what the file holds').waitFor();
	await page
		.card('holiday-video.mov')
		.getByText(/MiB were not sent again/)
		.waitFor();

	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('the same file picked by the general button goes on too, under its first key', async () => {
	await start();
	const file = await visitor.writeFile('report.pdf', 8 * MiB);
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await whenStored(3);
	await page.reload();
	await page.sees('report.pdf', 'Interrupted');
	await page.pick(file);
	await page.sees('report.pdf', 'Done');
	expect(requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect(storedParts()).toHaveLength(8);
	expect(await page.interrupted()).toBe(0);
});

test('a paused upload sends nothing until it is resumed', async () => {
	await start();
	const file = await visitor.writeFile('album.zip', 8 * MiB);
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await whenStored(2);
	await page.press('Pause album.zip');
	await page.sees('album.zip', 'Paused');
	await page.isAccessible();
	await expect.poll(() => emulator.inFlight).toBe(0);
	const sent = emulator.requests.length;
	await page.press('Resume album.zip');
	const next = await emulator.whenRequest((record) => emulator.requests.indexOf(record) >= sent);
	expect(next.status).toBe(200);
	await page.sees('album.zip', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
	const numbers = storedParts().map(({ partNumber }) => partNumber);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test('a cancelled upload leaves nothing on OSS and nothing to resume', async () => {
	await start();
	const file = await visitor.writeFile('mistake.bin', 8 * MiB);
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await whenStored(2);
	await page.press('Cancel mistake.bin');
	await page.sees('mistake.bin', 'OSS deleted the parts it held: nothing is left to resume.');
	await page.isAccessible();
	expect(emulator.uploads(BUCKET)).toEqual([]);
	await page.press('Dismiss mistake.bin');
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('another file does not go on with an interrupted upload, and changes nothing', async () => {
	await start();
	const file = await visitor.writeFile('right.bin', 8 * MiB);
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await whenStored(2);
	await page.reload();
	await page.sees('right.bin', 'Interrupted');
	const uploads = JSON.stringify(emulator.uploads(BUCKET));

	await page.pickAgain('right.bin', await visitor.writeFile('longer.bin', 9 * MiB));
	await page.card('right.bin').getByText('longer.bin is not the file of this upload').waitFor();
	await page.pickAgain('right.bin', await visitor.writeFile('other.bin', 8 * MiB));
	await page.card('right.bin').getByText('other.bin is not the file of this upload').waitFor();
	await page.isAccessible();
	expect(JSON.stringify(emulator.uploads(BUCKET))).toBe(uploads);

	await page.pickAgain('right.bin', file);
	await page.sees('right.bin', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
});

test('a discarded upload is gone from the list and from OSS', async () => {
	await start();
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(await visitor.writeFile('old.bin', 8 * MiB));
	await whenStored(2);
	await page.reload();
	await page.sees('old.bin', 'Interrupted');
	await page.press('Discard old.bin');
	await page.card('old.bin').waitFor({ state: 'detached' });
	expect(emulator.uploads(BUCKET)).toEqual([]);
});

test('several files go at once, each whole', async () => {
	await start();
	const names = ['a.bin', 'b.bin', 'c.bin'];
	const files = await Promise.all(names.map((name) => visitor.writeFile(name, 3 * MiB + 1)));
	const page = await open('');
	await page.pick(...files);
	for (const name of names) await page.sees(name, 'Done');
	expect((await objects()).map(({ sha256 }) => sha256).sort()).toEqual(
		files.map(({ sha256 }) => sha256).sort(),
	);
});

test('files dropped anywhere on the page are uploaded', async () => {
	await start();
	const page = await open('');
	const drag = await page.page.evaluateHandle((size) => {
		const data = new DataTransfer();
		data.items.add(new File([new Uint8Array(size).fill(7)], 'dropped.bin'));
		return data;
	}, 3 * MiB);
	await page.page.dispatchEvent('body', 'dragenter', { dataTransfer: drag });
	await page.page.getByText('Drop to upload').waitFor();
	await page.page.dispatchEvent('body', 'drop', { dataTransfer: drag });
	await page.page.getByText('Drop to upload').waitFor({ state: 'hidden' });
	await page.sees('dropped.bin', 'Done');
	expect((await objects()).map(({ size }) => size)).toEqual([3 * MiB]);
});

test('where the server signs, no secret reaches the page', async () => {
	await start();
	const file = await visitor.writeFile('signed.bin', 4 * MiB);
	const page = await open('sign=server');
	const asked: string[] = [];
	page.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
	await page.pick(file);
	await page.sees('signed.bin', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
	expect(asked).toContain('/sign');
	expect(asked).not.toContain('/sts');
});

test('a failed upload is tried again without picking the file again', async () => {
	await start();
	const file = await visitor.writeFile('refused.bin', 6 * MiB);
	emulator.addFault({
		operation: 'UploadPart',
		partNumber: 4,
		times: 'always',
		action: { type: 'status', status: 403, code: 'AccessDenied' },
	});
	const page = await open('');
	await page.pick(file);
	await page.sees('refused.bin', 'Failed');
	await page.isAccessible();
	await page
		.card('refused.bin')
		.getByText(/^OSS refused the upload/)
		.waitFor();
	emulator.clearFaults();
	await page.press('Try again refused.bin');
	await page.sees('refused.bin', 'Done');
	expect(requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
});

test('bad weather made by the page’s own buttons is survived', async () => {
	await start();
	const file = await visitor.writeFile('storm.bin', 12 * MiB);
	const page = await open(`parallel=2&throttle=${2 * MiB}`);
	await page.page.getByText('Network weather').click();
	await page.pick(file);
	for (const weather of ['Fail 3 requests', 'Cut 3 connections']) {
		const type = weather.startsWith('Fail') ? 'status' : 'cut';
		await page.press(weather);
		await emulator.whenRequest(
			() => emulator.requests.filter(({ faulted }) => faulted?.includes(type)).length === 3,
		);
	}
	await page.press('Expire tokens');
	await emulator.whenRequest(({ code }) => code === 'SecurityTokenExpired');
	await page.isAccessible();
	await page.press('Fair again');
	await page.sees('storm.bin', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
	await page
		.card('storm.bin')
		.getByText(/requests, sent again/)
		.waitFor();
});
