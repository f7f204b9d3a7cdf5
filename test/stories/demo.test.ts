import { expect, test } from 'vitest';
import { BUCKET, DemoStage, eventually } from './demo-stage.js';
import { type DemoPage, MiB } from './demo-visitor.js';

const stage = new DemoStage().set();

/** What is cancelled comes back for some seconds: they pass at once. */
async function cancelForGood(page: DemoPage, name: string): Promise<void> {
	await page.press(name, 'Cancel');
	await page.sees(name, 'Cancelled');
	await page.page.clock.fastForward(10_000);
}

const refusal = { type: 'status', status: 403, code: 'AccessDenied' } as const;

test('an upload goes on after a reload, and only the missing parts are sent', async () => {
	// Larger than what the browser keeps a copy of.
	const file = await stage.visitor.writeFile('holiday-video.mov', 68 * MiB);
	const page = await stage.open(`throttle=${4 * MiB}`);
	await page.isAccessible();
	await page.pick(file);
	await page.sees('holiday-video.mov', 'Uploading');
	await page.press('holiday-video.mov', 'Details');
	await page.isAccessible();
	await stage.whenStored(32);
	await page.reload();

	await page.page.getByText('1 interrupted upload').waitFor();
	await page.isAccessible();
	expect(stage.storedParts().length).toBeLessThan(68);
	await page.resume('holiday-video.mov', file);
	await page.sees('holiday-video.mov', 'Done');
	await page.press('holiday-video.mov', 'Details');
	await page.sees('holiday-video.mov', 'OSS holds what the file holds');
	await page.sees('holiday-video.mov', 'Sent before');
	await page.isAccessible();

	expect(await stage.hashes()).toEqual([file.sha256]);
	expect(stage.requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect(stage.requestsOf('CompleteMultipartUpload')).toHaveLength(1);
	const numbers = stage.storedParts().map(({ partNumber }) => partNumber);
	expect(numbers).toHaveLength(68);
	expect(new Set(numbers).size).toBe(68);
	expect(await page.log()).toMatch(/not sent again/);

	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('the sample goes on after a reload without being chosen: the browser has kept it', async () => {
	const page = await stage.open(`throttle=${MiB / 2}&partSize=${4 * MiB}`);
	await page.page.getByRole('button', { name: 'Upload a sample of 64 MB' }).click();
	await page.sees('sample.bin', 'Uploading');
	await eventually(() => page.keptFiles()).toBe(1);
	await stage.whenStored(1);
	await page.reload();
	stage.emulator.clearFaults();
	await page.press('sample.bin', 'Resume');
	await page.sees('sample.bin', 'Done');
	expect((await stage.objects()).map(({ size }) => size)).toEqual([64 * MiB]);
	expect(stage.requestsOf('InitiateMultipartUpload')).toHaveLength(1);
});

test('the same file picked by the general button goes on too, under its first key', async () => {
	const file = await stage.visitor.writeFile('report.pdf', 8 * MiB);
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await stage.whenStored(3);
	await page.reload();
	await page.page.getByText('1 interrupted upload').waitFor();
	await page.pick(file);
	await page.sees('report.pdf', 'Done');
	expect(stage.requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect(stage.storedParts()).toHaveLength(8);
	expect(await page.interrupted()).toBe(0);
});

test('a paused upload sends nothing until it is resumed', async () => {
	const file = await stage.visitor.writeFile('album.zip', 8 * MiB);
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await stage.whenStored(2);
	await page.press('album.zip', 'Pause');
	await page.sees('album.zip', 'Paused');
	await page.isAccessible();
	await eventually(() => stage.emulator.inFlight).toBe(0);
	const sent = stage.emulator.requests.length;
	await page.press('album.zip', 'Resume');
	const next = await stage.emulator.whenRequest((record) => stage.emulator.requests.indexOf(record) >= sent);
	expect(next.status).toBe(200);
	await page.sees('album.zip', 'Done');
	expect(await stage.hashes()).toEqual([file.sha256]);
	const numbers = stage.storedParts().map(({ partNumber }) => partNumber);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test('a paused upload shows no part as failing, whatever its requests did before [A5]', async () => {
	const page = await stage.open('parallel=3');
	stage.emulator.addFault({
		operation: 'UploadPart',
		times: 'always',
		// Asked to wait this long, none is sent again before the pause.
		action: { type: 'status', status: 503, code: 'ServiceUnavailable', headers: { 'retry-after': '50' } },
	});
	await page.pick(await stage.visitor.writeFile('trouble.bin', 8 * MiB));
	await page.press('trouble.bin', 'Details');
	await eventually(() => page.parts('trouble.bin')).toBe('8 parts: 5 waiting, 3 sent again');
	await page.press('trouble.bin', 'Pause');
	await page.sees('trouble.bin', 'Paused');
	await eventually(() => page.parts('trouble.bin')).toBe('8 parts: 8 waiting');
	stage.emulator.clearFaults();
	await page.press('trouble.bin', 'Resume');
	await page.sees('trouble.bin', 'Done');
});

test('a pause while parts are sent shows them as waiting, none as failing [A5]', async () => {
	const page = await stage.open('parallel=5');
	stage.emulator.addFault({ operation: 'UploadPart', times: 'always', action: { type: 'hang' } });
	await page.pick(await stage.visitor.writeFile('calm.bin', 8 * MiB));
	await eventually(() => stage.emulator.inFlight).toBe(5);
	await page.press('calm.bin', 'Details');
	await page.press('calm.bin', 'Pause');
	await page.sees('calm.bin', 'Paused');
	await eventually(() => stage.emulator.inFlight).toBe(0);
	await eventually(() => page.parts('calm.bin')).toBe('8 parts: 8 waiting');
});

test('without a network the page waits, with no part failing, and goes on by itself [A5]', async () => {
	const file = await stage.visitor.writeFile('train.bin', 8 * MiB);
	const page = await stage.open(`throttle=${MiB / 4}&parallel=2`);
	await page.pick(file);
	await stage.whenStored(2);
	await page.press('train.bin', 'Details');
	await page.offline(async () => {
		await page.sees('train.bin', 'Waiting for the network');
		await page.isAccessible();
		await eventually(() => page.parts('train.bin')).toMatch(/^8 parts: \d waiting, \d stored$/);
	});
	stage.emulator.clearFaults();
	await page.sees('train.bin', 'Done');
	expect(await stage.hashes()).toEqual([file.sha256]);
});

test('what was sent before is checked against the file, and the page says so [A4]', async () => {
	const file = await stage.visitor.writeFile('checked.bin', 8 * MiB);
	const page = await stage.open();
	stage.emulator.addFault({ operation: 'CompleteMultipartUpload', action: { type: 'hang' } });
	await page.pick(file);
	await page.sees('checked.bin', 'Finishing');
	await stage.emulator.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
	await page.reload();
	await page.page.getByText('1 interrupted upload').waitFor();
	const release = await page.holdChecksums(MiB);
	await page.pick(file);
	await page.sees('checked.bin', 'Checking');
	await page.press('checked.bin', 'Details');
	await eventually(() => page.parts('checked.bin')).toBe('8 parts: 8 stored before');
	await page.isAccessible();
	await release();
	await page.sees('checked.bin', 'Done');
	expect(stage.storedParts()).toHaveLength(8);
	expect(await stage.hashes()).toEqual([file.sha256]);
});

test('a cancelled upload leaves nothing on OSS and nothing to resume', async () => {
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	await page.page.clock.install();
	await page.pick(await stage.visitor.writeFile('mistake.bin', 8 * MiB));
	await stage.whenStored(2);
	await cancelForGood(page, 'mistake.bin');
	await page.row('mistake.bin').waitFor({ state: 'detached' });
	await eventually(() => stage.emulator.uploads(BUCKET)).toEqual([]);
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('cancelled offline: it is gone at once, and the log says that OSS does not know yet [A5, B2]', async () => {
	const page = await stage.open(`throttle=${MiB / 4}&parallel=1`);
	await page.page.clock.install();
	await page.pick(await stage.visitor.writeFile('tunnel.bin', 8 * MiB));
	await stage.whenStored(2);
	await page.offline(async () => {
		await page.sees('tunnel.bin', 'Waiting for the network');
		await cancelForGood(page, 'tunnel.bin');
		await page.row('tunnel.bin').waitFor({ state: 'detached' });
		await eventually(() => page.log()).toMatch(/Abandoned/);
		expect(await page.interrupted()).toBe(0);
	});
	await stage.emulator.whenRequest(
		({ status, operation }) => operation === 'AbortMultipartUpload' && status === 204,
	);
	expect(stage.emulator.uploads(BUCKET)).toEqual([]);
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('a discarded upload is gone from the list and from OSS', async () => {
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	await page.pick(await stage.visitor.writeFile('old.bin', 8 * MiB));
	await stage.whenStored(2);
	await page.reload();
	await page.row('old.bin').waitFor();
	await page.page.clock.install();
	await page.press('old.bin', 'Discard');
	await page.sees('old.bin', 'Discarded');
	await page.isAccessible();
	await page.page.clock.fastForward(10_000);
	await page.row('old.bin').waitFor({ state: 'detached' });
	await eventually(() => stage.emulator.uploads(BUCKET)).toEqual([]);
});

test('files dropped anywhere on the page are uploaded', async () => {
	const page = await stage.open();
	const drag = await page.page.evaluateHandle((size) => {
		const data = new DataTransfer();
		data.items.add(new File([new Uint8Array(size).fill(7)], 'dropped.bin'));
		return data;
	}, 3 * MiB);
	await page.page.dispatchEvent('h1', 'dragenter', { dataTransfer: drag });
	await page.page.getByText('Drop to upload').waitFor();
	await page.page.dispatchEvent('h1', 'drop', { dataTransfer: drag });
	await page.page.getByText('Drop to upload').waitFor({ state: 'hidden' });
	await page.sees('dropped.bin', 'Done');
	expect((await stage.objects()).map(({ size }) => size)).toEqual([3 * MiB]);
});

test('where the server signs, no secret reaches the page', async () => {
	const file = await stage.visitor.writeFile('signed.bin', 4 * MiB);
	const page = await stage.open('sign=server');
	await page.page.getByText('signed by the server').waitFor();
	const asked: string[] = [];
	page.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
	await page.pick(file);
	await page.sees('signed.bin', 'Done');
	expect(await stage.hashes()).toEqual([file.sha256]);
	expect(asked).toContain('/sign');
	expect(asked).not.toContain('/sts');
});

test('a failed upload says why, and is tried again without picking the file again', async () => {
	const file = await stage.visitor.writeFile('refused.bin', 6 * MiB);
	stage.emulator.addFault({
		operation: 'UploadPart',
		partNumber: 4,
		times: 'always',
		action: { ...refusal, ec: '0003-00000001' },
	});
	const page = await stage.open();
	await page.pick(file);
	await page.sees('refused.bin', /^Failed: The storage refused the upload/);
	await page.press('refused.bin', 'Details');
	await page.sees('refused.bin', /EC 0003-00000001/);
	const link = page.row('refused.bin').getByRole('link');
	expect(await link.getAttribute('href')).toMatch(/^https:.*0003-00000001$/);
	expect(await link.getAttribute('rel')).toBe('noreferrer');
	await page.isAccessible();
	stage.emulator.clearFaults();
	await page.press('refused.bin', 'Try again');
	await page.sees('refused.bin', 'Done');
	expect(stage.requestsOf('InitiateMultipartUpload')).toHaveLength(1);
	expect(await stage.hashes()).toEqual([file.sha256]);
});

test('a failed upload that is cancelled is gone from OSS too [B3]', async () => {
	stage.emulator.addFault({ operation: 'UploadPart', partNumber: 4, times: 'always', action: refusal });
	const page = await stage.open();
	await page.page.clock.install();
	await page.pick(await stage.visitor.writeFile('refused.bin', 6 * MiB));
	await page.sees('refused.bin', /^Failed/);
	expect(stage.emulator.uploads(BUCKET)).toHaveLength(1);
	await cancelForGood(page, 'refused.bin');
	await eventually(() => stage.emulator.uploads(BUCKET)).toEqual([]);
	await page.reload();
	expect(await page.interrupted()).toBe(0);
});

test('where another tab goes on with a failed upload, cancelling it here ends nothing [A5]', async () => {
	const file = await stage.visitor.writeFile('shared.bin', 8 * MiB);
	const page = await stage.open('parallel=1');
	await page.page.clock.install();
	stage.emulator.addFault({ operation: 'UploadPart', partNumber: 4, action: refusal });
	await page.pick(file);
	await page.sees('shared.bin', /^Failed/);
	const other = await stage.open('parallel=1');
	stage.emulator.addFault({ operation: 'UploadPart', partNumber: 5, action: { type: 'hang' } });
	await other.row('shared.bin').waitFor();
	await other.pick(file);
	await stage.emulator.whenArrived(({ partNumber }) => partNumber === 5);
	await cancelForGood(page, 'shared.bin');
	await page.row('shared.bin').waitFor({ state: 'detached' });
	stage.emulator.clearFaults();
	await other.sees('shared.bin', 'Done');
	expect(await stage.hashes()).toEqual([file.sha256]);
});

test('a warning stays to be read, whatever is tried again after it', async () => {
	const file = await stage.visitor.writeFile('anew.bin', 8 * MiB);
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	await page.pick(file);
	await stage.whenStored(2);
	await page.reload();
	const [upload] = stage.emulator.uploads(BUCKET);
	await stage.emulator.forgetUpload(upload?.uploadId ?? '');
	const restore = stage.emulator.addFault({
		operation: 'UploadPart',
		partNumber: 3,
		times: 'always',
		action: { type: 'status', status: 503, code: 'ServiceUnavailable' },
	});
	await page.pick(file);
	await page.press('anew.bin', 'Details');
	await page.sees('anew.bin', /The upload begins anew/);
	await eventually(() => page.log()).toMatch(/part 3, attempt 2/);
	await page.isAccessible();
	restore();
	await page.sees('anew.bin', 'Done');
	await page.sees('anew.bin', /The upload begins anew/);
	expect(await stage.hashes()).toEqual([file.sha256]);
});

test('two files of equal content picked together become two objects [A6]', async () => {
	const original = await stage.visitor.writeFile('original.bin', 6 * MiB);
	const copy = await stage.visitor.copyFile(original, 'copy.bin');
	const page = await stage.open();
	await page.pick(original, copy);
	await page.sees('original.bin', 'Done');
	await page.sees('copy.bin', 'Done');
	const keys = stage
		.requestsOf('CompleteMultipartUpload')
		.map(({ key = '' }) => key.replace(/^demo\/[^/]+\//, ''));
	expect(keys.sort()).toEqual(['copy.bin', 'original.bin']);
	expect(await stage.hashes()).toEqual([original.sha256, original.sha256]);
});
