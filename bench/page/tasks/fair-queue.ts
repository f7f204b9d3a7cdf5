import { createUploader, type Uploader } from 'oss-resumable-upload';
import { expectVerified, uploaderOptions } from '../candidates/ours.js';
import { putByFetch } from '../many/bare.js';
import type { FairQueueReport, Settings } from '../task.js';

interface Small {
	readonly by: 'ours' | 'bare';
	readonly share: number;
}

/** The small file comes while all slots send parts of the large one. */
export async function fairQueue(
	[large, small]: readonly File[],
	{ by, share, ...settings }: Settings & Small,
): Promise<FairQueueReport> {
	if (large === undefined || small === undefined) throw new Error('Expected a large file and a small one');
	const uploader = createUploader(uploaderOptions(settings));
	const stored = await midPart(uploader, large, settings.parallel ?? 1, share);
	const startedAt = performance.now();
	const rest = stored.next().then(() => performance.now() - startedAt);
	if (by === 'ours') await expectVerified(uploader.upload(small, { key: 'small' }), 'crc64');
	else await putByFetch(`${settings.sink}/examplebucket/bare`, small);
	const ms = performance.now() - startedAt;
	const restMs = await rest;
	await uploader.close();
	return { ms, restMs };
}

/** Begins the large one, and resolves when its second round of parts is so far under way. */
async function midPart(uploader: Uploader, large: File, parallel: number, share: number) {
	const task = uploader.upload(large, { key: 'large' });
	let tell = () => {};
	const next = () =>
		new Promise<void>((resolve) => {
			tell = resolve;
		});
	let begunAt: number | undefined;
	task.on('part', ({ status }) => {
		if (status === 'sending') begunAt ??= performance.now();
		if (status === 'stored') tell();
	});
	// It is closed before its end.
	task.result.catch(() => {});
	for (let stored = 0; stored < parallel; stored++) await next();
	const partMs = performance.now() - (begunAt ?? Number.NaN);
	await new Promise((resolve) => setTimeout(resolve, share * partMs));
	return { next };
}
