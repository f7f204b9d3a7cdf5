import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { setStage } from './stage.js';

const MiB = 1024 * 1024;
const bucket = 'examplebucket';

const stage = setStage();

/** Starts the upload of the same 6 MiB in this tab. */
function start(tab: Page): Promise<void> {
	return tab.evaluate(
		({ endpoint, bucket, size, partSize, credentials }) => {
			window.uploader = window.oss.createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint,
				getCredentials: () => credentials,
			});
			const bytes = Uint8Array.from({ length: size }, (_, index) => index >> 8);
			const file = new File([bytes], 'same.bin', { lastModified: 5 });
			window.task = window.uploader.upload(file, { key: 'k', partSize });
		},
		{
			endpoint: stage.oss.url,
			bucket,
			size: 6 * MiB,
			partSize: MiB,
			credentials: stage.oss.mintCredentials(),
		},
	);
}

const outcome = (tab: Page) =>
	tab.evaluate(() =>
		window.task.result.then(
			({ verified, resumed }) => ({ verified, resumed }),
			({ code }: { code: string }) => ({ code }),
		),
	);

test('[case 32] two tabs, the same file: one uploads, and when it dies the other goes on', async () => {
	const [first, second] = [
		await stage.browser.newPage(stage.site.url),
		await stage.browser.newPage(stage.site.url),
	];
	stage.oss.addFault({ operation: 'UploadPart', partNumber: 4, action: { type: 'hang' } });
	await start(first);
	await stage.oss.whenRequest(({ partNumber, stored }) => partNumber === 3 && stored);
	await stage.oss.whenArrived(({ partNumber }) => partNumber === 4);
	await start(second);
	expect(await outcome(second)).toEqual({ code: 'Locked' });

	const gone = stage.oss.whenRequest(({ partNumber, status }) => partNumber === 4 && status === 0);
	await first.close();
	await gone;
	await start(second);
	const result = await outcome(second);
	expect(result).toMatchObject({ verified: 'object' });
	expect(stage.oss.requests.filter(({ operation }) => operation === 'InitiateMultipartUpload')).toHaveLength(
		1,
	);
	expect(await stage.oss.object(bucket, 'k')).toMatchObject({ size: 6 * MiB });
});

test('[case 40] the whole upload runs in a worker, without window or document', async () => {
	const tab = await stage.browser.newPage(stage.site.url);
	const answer = await tab.evaluate(
		async ({ endpoint, credentials, size }) => {
			const worker = window.startWorker();
			const answered = new Promise((resolve, reject) => {
				worker.onmessage = ({ data }) => resolve(data);
				worker.onerror = ({ message }) => reject(new Error(message));
			});
			worker.postMessage({ endpoint, credentials, blob: new Blob([new Uint8Array(size)]) });
			return answered;
		},
		{ endpoint: stage.oss.url, credentials: stage.oss.mintCredentials(), size: 5 * MiB + 1 },
	);
	expect(answer).toEqual({
		verified: 'object',
		size: 5 * MiB + 1,
		warnings: [],
		pending: 0,
		hasWindow: false,
	});
	expect(await stage.oss.object(bucket, 'from-a-worker')).toMatchObject({ size: 5 * MiB + 1 });
});
