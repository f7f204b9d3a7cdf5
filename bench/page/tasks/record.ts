import { createUploader, indexedDbCheckpoints } from 'oss-resumable-upload';
import { etagOf } from '../../etag.js';
import { uploaderOptions } from '../candidates/ours.js';
import type { RecordReport, Settings } from '../task.js';

const NEAR = 50;
/** Parts that are left for the resume. */
export const LEFT_OVER = 10;

/** Begins an upload, stops it at its first part, and writes down all its parts but a few: each write by itself. */
export async function recordParts(file: File, settings: Settings): Promise<RecordReport> {
	const uploader = createUploader(uploaderOptions(settings));
	const task = uploader.upload(file, { key: 'ours', partSize: settings.partSize });
	await new Promise<void>((resolve) => task.on('part', ({ status }) => status === 'stored' && resolve()));
	await uploader.close();

	const store = indexedDbCheckpoints();
	const id = task.checkpointId ?? '';
	const upload = await store.load(id);
	if (upload === undefined) throw new Error('The upload left no checkpoint');
	const { size, partSize } = upload.checkpoint;
	const partCount = Math.ceil(size / partSize);
	const early: number[] = [];
	const late: number[] = [];
	for (let partNumber = 1; partNumber <= partCount - LEFT_OVER; partNumber++) {
		const part = { partNumber, size: partSize, etag: etagOf(partNumber), crc64: '1', verified: true };
		const startedAt = performance.now();
		await store.addPart(id, part, Date.now());
		const ms = performance.now() - startedAt;
		if (Math.abs(partNumber - 100) <= NEAR) early.push(ms);
		if (Math.abs(partNumber - (partCount - 100)) <= NEAR) late.push(ms);
	}
	store.close();
	return { early, late };
}
