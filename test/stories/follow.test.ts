import type { Page } from 'playwright';
import { expect, test, vi } from 'vitest';
import type { FaultAction, RequestRecord } from '../../emulator/index.js';
import { setStage } from './stage.js';

const MiB = 1024 * 1024;
const PARTS = 12;
const bucket = 'examplebucket';
/** Milliseconds in which the tab that takes over has sent its first request. */
const TAKE_OVER_MS = 2000;

const stage = setStage();

/** The tab uploads the same file as every other, or follows the one that does. */
async function start(tab: Page): Promise<void> {
	await tab.evaluate(
		({ endpoint, bucket, size, credentials }) => {
			window.uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
				parallel: 2,
			});
			const bytes = Uint8Array.from({ length: size }, (_, index) => index >> 8);
			const file = new File([bytes], 'same.bin', { lastModified: 5 });
			window.task = window.uploader.upload(file, {
				key: 'k',
				partSize: 256 * 1024,
				ifRunning: 'follow',
			});
		},
		{ endpoint: stage.oss.url, bucket, size: PARTS * MiB * 0.25, credentials: stage.oss.mintCredentials() },
	);
}

const whenState = (tab: Page, state: string) =>
	tab.waitForFunction((wanted) => window.task.state === wanted, state);

const resultOf = (tab: Page) => tab.evaluate(() => window.task.result);

const isPart =
	(number: number) =>
	({ partNumber, operation }: Pick<RequestRecord, 'partNumber' | 'operation'>) =>
		operation === 'UploadPart' && partNumber === number;

/** Part numbers that OSS stored more than once. */
function storedTwice(): number[] {
	const stored = stage.oss.requests.flatMap(({ operation, stored: isStored, partNumber }) =>
		operation === 'UploadPart' && isStored && partNumber ? [partNumber] : [],
	);
	return stored.filter((number, at) => stored.indexOf(number) !== at);
}

const completes = () =>
	stage.oss.requests.filter(
		({ operation, status }) => operation === 'CompleteMultipartUpload' && status === 200,
	);

/** The tab dies, and what the other sends first is awaited. */
async function kill(tab: Page): Promise<number> {
	const before = stage.oss.requests.length;
	const diedAt = Date.now();
	const next = stage.oss.whenRequest(
		(record) => stage.oss.requests.indexOf(record) >= before && record.status !== 0,
	);
	await tab.close();
	await next;
	return Date.now() - diedAt;
}

async function expectWhole(tab: Page): Promise<void> {
	expect(await resultOf(tab)).toMatchObject({ verified: 'object', size: PARTS * MiB * 0.25 });
	expect(await stage.oss.object(bucket, 'k')).toMatchObject({ size: PARTS * MiB * 0.25 });
	expect(completes()).toHaveLength(1);
	expect(storedTwice()).toEqual([]);
	expect(stage.oss.requests.filter(({ operation }) => operation === 'InitiateMultipartUpload')).toHaveLength(
		1,
	);
	expect(stage.oss.uploads(bucket)).toEqual([]);
}

/** Two tabs: the part is out that the first one sends, and the second one follows it. */
async function following(number: number, action: FaultAction = { type: 'hang' }): Promise<[Page, Page]> {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'UploadPart', partNumber: number, action });
	await start(first);
	await stage.oss.whenArrived(isPart(number));
	await start(second);
	await whenState(second, 'uploading');
	return [first, second];
}

const twoTabs = async (): Promise<[Page, Page]> => [
	await stage.browser.newPage(stage.site.url),
	await stage.browser.newPage(stage.site.url),
];

test('a second tab shows the first one’s progress and state, and ends with its result', async () => {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 7, action: { type: 'delay', ms: 1000 } });
	await start(first);
	await stage.oss.whenArrived(isPart(7));
	await start(second);
	await second.waitForFunction(() => window.task.progress.loaded > 0);
	expect(await second.evaluate(() => window.task.state)).toBe('uploading');
	expect(await resultOf(second)).toEqual(await resultOf(first));
	await expectWhole(second);
});

test.each([1, 2, 4, 5, 6, 8, 9, 10, 11, 12])(
	'the running tab dies while part %i is out: the other goes on within two seconds',
	async (number) => {
		const [first, second] = await following(number);
		expect(await kill(first)).toBeLessThan(TAKE_OVER_MS);
		await expectWhole(second);
	},
);

test('it dies between a part’s answer and its row: the part is not sent again', async () => {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 5, action: { type: 'hang', applied: true } });
	await start(first);
	await vi.waitUntil(() => stage.oss.uploads(bucket)[0]?.parts.some(({ partNumber }) => partNumber === 5), {
		timeout: 10_000,
	});
	await start(second);
	await whenState(second, 'uploading');
	expect(await kill(first)).toBeLessThan(TAKE_OVER_MS);
	await expectWhole(second);
});

test('it dies while Complete is out, which OSS has carried out: the other finds the object', async () => {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'CompleteMultipartUpload', action: { type: 'hang', applied: true } });
	await start(first);
	await start(second);
	await whenState(second, 'completing');
	await stage.oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
	await kill(first);
	expect(await resultOf(second)).toMatchObject({ verified: 'object' });
	expect(stage.oss.requests.filter(({ operation }) => operation === 'CompleteMultipartUpload')).toHaveLength(
		1,
	);
	expect(storedTwice()).toEqual([]);
});

test('it dies while the other is still joining', async () => {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 3, action: { type: 'hang' } });
	await start(first);
	await stage.oss.whenArrived(isPart(3));
	await Promise.all([start(second), kill(first)]);
	await expectWhole(second);
});

test('a tab that crashes is no other than one that is closed', async () => {
	const [first, second] = await following(4);
	await first.goto('chrome://crash').catch(() => {});
	await expectWhole(second);
});

test('the running tab aborts: the other is aborted too', async () => {
	const [first, second] = await following(4);
	await first.evaluate(() => window.task.abort());
	await whenState(second, 'aborted');
	expect(await first.evaluate(() => window.task.state)).toBe('aborted');
	expect(stage.oss.uploads(bucket)).toEqual([]);
});

test('the tab that follows aborts: it ends alone, as stopped', async () => {
	const [first, second] = await following(4, { type: 'delay', ms: 1000 });
	await second.evaluate(() => window.task.abort());
	expect(await second.evaluate(() => window.task.state)).toBe('stopped');
	await expectWhole(first);
});

test('what another tab runs is seen in the snapshot by itself: its beginning, how far it is, and that its tab has died', async () => {
	const [first, second] = await twoTabs();
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 4, action: { type: 'hang' } });
	await second.evaluate(
		({ endpoint, bucket, credentials }) => {
			window.uploader = window.oss.createUploader({
				...{ bucket, region: 'cn-hangzhou', endpoint },
				getCredentials: () => credentials,
			});
			window.uploader.subscribe(() => {});
		},
		{ endpoint: stage.oss.url, bucket, credentials: stage.oss.mintCredentials() },
	);
	const shows = (running: boolean) =>
		second.waitForFunction(
			(wanted) => window.uploader.snapshot().pending.some((each) => each.running === wanted),
			running,
		);
	await start(first);
	await shows(true);
	await second.waitForFunction(() => (window.uploader.snapshot().pending[0]?.loaded ?? 0) > 0);
	await first.close();
	await shows(false);
});
