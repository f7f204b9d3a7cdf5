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

/** However slow the machine is. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 60_000 });

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
	await eventually(() => emulator.inFlight).toBe(0);
	const sent = emulator.requests.length;
	await page.press('Resume album.zip');
	const next = await emulator.whenRequest((record) => emulator.requests.indexOf(record) >= sent);
	expect(next.status).toBe(200);
	await page.sees('album.zip', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
	const numbers = storedParts().map(({ partNumber }) => partNumber);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test('a paused upload shows no part as failing, whatever its requests did before [A5]', async () => {
	await start();
	const page = await open('parallel=3');
	emulator.addFault({
		operation: 'UploadPart',
		times: 'always',
		// Asked to wait this long, none is sent again before the pause.
		action: { type: 'status', status: 503, code: 'ServiceUnavailable', headers: { 'retry-after': '50' } },
	});
	await page.pick(await visitor.writeFile('trouble.bin', 8 * MiB));
	await eventually(() => page.parts('trouble.bin')).toBe('8 parts: 5 waiting, 3 trying again');
	await page.press('Pause trouble.bin');
	await page.sees('trouble.bin', 'Paused');
	await eventually(() => page.parts('trouble.bin')).toBe('8 parts: 8 waiting');
	emulator.clearFaults();
	await page.press('Resume trouble.bin');
	await page.sees('trouble.bin', 'Done');
});

test('a pause while parts are sent shows them as waiting, none as failing [A5]', async () => {
	await start();
	const page = await open('parallel=5');
	emulator.addFault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
	await page.pick(await visitor.writeFile('calm.bin', 8 * MiB));
	await eventually(() => emulator.inFlight).toBe(5);
	await page.press('Pause calm.bin');
	await page.sees('calm.bin', 'Paused');
	await eventually(() => emulator.inFlight).toBe(0);
	await eventually(() => page.parts('calm.bin')).toBe('8 parts: 8 waiting');
	await page.card('calm.bin').getByText('0 bytes of 8.0 MiB stored').waitFor();
});

test('without a network the page waits, with no part failing, and goes on by itself [A5]', async () => {
	await start();
	const file = await visitor.writeFile('train.bin', 8 * MiB);
	const page = await open(`throttle=${MiB / 4}&parallel=2`);
	await page.pick(file);
	await whenStored(2);
	await page.offline(async () => {
		await page.sees('train.bin', 'No network: goes on by itself');
		await page.isAccessible();
		await eventually(() => page.parts('train.bin')).toMatch(/^8 parts: \d waiting, \d stored$/);
	});
	emulator.clearFaults();
	await page.sees('train.bin', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
});

test('what was sent before is checked against the file, and the page says so [A4]', async () => {
	await start();
	const file = await visitor.writeFile('checked.bin', 8 * MiB);
	const page = await open('');
	emulator.addFault({ operation: 'CompleteMultipartUpload', action: { type: 'hang' } });
	await page.pick(file);
	await page.sees('checked.bin', 'Putting the parts together');
	await emulator.whenArrived(isOf('CompleteMultipartUpload'));
	await page.reload();
	await page.sees('checked.bin', 'Interrupted');
	const release = await page.holdChecksums(MiB);
	await page.pickAgain('checked.bin', file);
	await page.sees('checked.bin', 'Checking what was sent before');
	await eventually(() => page.parts('checked.bin')).toBe('8 parts: 8 resumed');
	await page.isAccessible();
	await release();
	await page.sees('checked.bin', 'Done');
	expect(storedParts()).toHaveLength(8);
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
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

test('cancelled offline: done within a second, and the page says that OSS does not know yet [A5, B2]', async () => {
	await start();
	const page = await open(`throttle=${MiB / 4}&parallel=1`);
	await page.pick(await visitor.writeFile('tunnel.bin', 8 * MiB));
	await whenStored(2);
	await page.offline(async () => {
		const ms = await page.pressUntil('Cancel tunnel.bin', 'It cannot be resumed any more.');
		expect(ms).toBeLessThan(1000);
		await page.sees('tunnel.bin', 'Cancelled');
		const card = page.card('tunnel.bin');
		await card.getByText('kept there until OSS can be told').waitFor();
		expect(await card.getByText('OSS deleted').count()).toBe(0);
		await page.isAccessible();
	});
	await emulator.whenRequest(
		({ status, operation }) => operation === 'AbortMultipartUpload' && status === 204,
	);
	expect(emulator.uploads(BUCKET)).toEqual([]);
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('while OSS is being told of a cancelled upload, the page does not say that it was [A5]', async () => {
	await start();
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(await visitor.writeFile('slow.bin', 8 * MiB));
	await whenStored(2);
	emulator.addFault({ operation: 'AbortMultipartUpload', action: { type: 'hang' } });
	await page.press('Cancel slow.bin');
	await page.sees('slow.bin', 'Cancelling …');
	await page.isAccessible();
	expect(await page.card('slow.bin').getByText('OSS deleted').count()).toBe(0);
	emulator.clearFaults();
	await page.sees('slow.bin', 'OSS deleted the parts it held: nothing is left to resume.');
	expect(emulator.uploads(BUCKET)).toEqual([]);
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

test('a refusal tells its EC, with a way to the page on it', async () => {
	await start();
	emulator.addFault({
		operation: 'UploadPart',
		times: 'always',
		action: { type: 'status', status: 403, code: 'AccessDenied', ec: '0003-00000001' },
	});
	const page = await open('');
	await page.pick(await visitor.writeFile('refused.bin', 6 * MiB));
	await page.sees('refused.bin', 'Failed');
	const link = page.card('refused.bin').getByRole('link', { name: 'EC 0003-00000001: what it means' });
	expect(await link.getAttribute('href')).toMatch(/^https:.*0003-00000001$/);
	expect(await link.getAttribute('rel')).toBe('noreferrer');
	expect(await link.getAttribute('target')).toBe('_blank');
});

test('a failed upload can be dismissed, and is offered again, or cancelled, and is gone [B3]', async () => {
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
	await page.press('Dismiss refused.bin');
	await page.sees('refused.bin', 'Interrupted');
	expect(emulator.uploads(BUCKET)).toHaveLength(1);
	await page.pickAgain('refused.bin', file);
	await page.sees('refused.bin', 'Failed');
	await page.press('Cancel refused.bin');
	await page.sees('refused.bin', 'OSS deleted the parts it held: nothing is left to resume.');
	expect(emulator.uploads(BUCKET)).toEqual([]);
	await page.press('Dismiss refused.bin');
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('where another tab goes on with a failed upload, cancelling it here says so and ends nothing [A5]', async () => {
	await start();
	const file = await visitor.writeFile('shared.bin', 8 * MiB);
	const page = await open('parallel=1');
	const refusal = { type: 'status', status: 403, code: 'AccessDenied' } as const;
	emulator.addFault({ operation: 'UploadPart', partNumber: 4, action: refusal });
	await page.pick(file);
	await page.sees('shared.bin', 'Failed');
	const other = await open('parallel=1');
	emulator.addFault({ operation: 'UploadPart', partNumber: 5, action: { type: 'hang' } });
	await other.pickAgain('shared.bin', file);
	await emulator.whenArrived(({ partNumber }) => partNumber === 5);
	await page.press('Cancel shared.bin');
	await page.sees('shared.bin', 'This upload goes on in another tab, so nothing of it was deleted.');
	emulator.clearFaults();
	await other.sees('shared.bin', 'Done');
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
});

test('a warning stays to be read, whatever is tried again after it', async () => {
	await start();
	const file = await visitor.writeFile('anew.bin', 8 * MiB);
	const page = await open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await whenStored(2);
	await page.reload();
	const [upload] = emulator.uploads(BUCKET);
	await emulator.forgetUpload(upload?.uploadId ?? '');
	emulator.addFault({
		operation: 'UploadPart',
		partNumber: 3,
		times: 'always',
		action: { type: 'status', status: 503, code: 'ServiceUnavailable' },
	});
	await page.pick(file);
	const card = page.card('anew.bin');
	await card.getByText(/^The upload begins anew/).waitFor();
	await card.getByText(/^Part 3 is tried again/).waitFor();
	await card.getByText(/^The upload begins anew/).waitFor();
	await page.isAccessible();
	emulator.clearFaults();
	await page.sees('anew.bin', 'Done');
	await card.getByText(/^The upload begins anew/).waitFor();
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([file.sha256]);
});

test('two files of equal content picked together become two objects [A6]', async () => {
	await start();
	const original = await visitor.writeFile('original.bin', 6 * MiB);
	const copy = await visitor.copyFile(original, 'copy.bin');
	const page = await open('');
	await page.pick(original, copy);
	await page.sees('original.bin', 'Done');
	await page.sees('copy.bin', 'Done');
	const keys = requestsOf('CompleteMultipartUpload').map(({ key = '' }) => key.replace(/^demo\/[^-]+-/, ''));
	expect(keys.sort()).toEqual(['copy.bin', 'original.bin']);
	expect((await objects()).map(({ sha256 }) => sha256)).toEqual([original.sha256, original.sha256]);
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
