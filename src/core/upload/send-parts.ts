import { UploadError } from '../../base/errors.js';
import type { UploadedPart } from '../model.js';
import { digestIfSame } from './compare-parts.js';
import type { OpenUpload } from './open-upload.js';
import { HIDDEN_ETAG } from './outcome.js';
import { partRange } from './plan.js';
import { type Round, recordPart, together, wasSent } from './round.js';
import { transfer } from './transfer.js';

/** Sends every part that OSS lacks, as many at once as the uploader's slots allow. */
export async function sendMissing(round: Round, upload: OpenUpload): Promise<void> {
	const { requests, run } = round;
	const missing = missingParts(upload);
	const lane = async () => {
		// The next part goes out while the one before is being recorded.
		let recording: Promise<void> | undefined;
		try {
			// A throw closes the generator for every lane, so that nothing new begins after a failure.
			for (const partNumber of missing) {
				const { part, resumed } = await sendPart(round, upload, partNumber);
				await recording;
				recording = recordPart(round, upload, part, resumed).catch((error) => requests.giveUp(error));
			}
		} finally {
			await recording;
		}
	};
	await together(requests, Array.from({ length: run.world.parallel }, lane));
}

function* missingParts({ plan, stored }: OpenUpload): Generator<number, void> {
	for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
		if (!stored.has(partNumber)) yield partNumber;
	}
}

interface StoredPart {
	readonly part: UploadedPart;
	/** OSS held it before this task sent anything of it. */
	readonly resumed: boolean;
}

async function sendPart(round: Round, upload: OpenUpload, partNumber: number): Promise<StoredPart> {
	const { start, end } = partRange(upload.plan, partNumber);
	const listed = upload.unrecorded.get(partNumber);
	if (listed !== undefined) {
		const same = await digestIfSame(round, upload, listed);
		if (same !== undefined) {
			const { size, etag } = listed;
			const part = { partNumber, size, etag, crc64: same.crc64, verified: true };
			return { part, resumed: !wasSent(round.run, upload, listed) };
		}
	}
	const { uploadId } = upload.checkpoint;
	round.run.memory.sent.add(uploadId, partNumber);
	const withMd5 = round.target.settings.verify === 'md5';
	const { receipt, digest } = await transfer(round, {
		operation: 'UploadPart',
		range: { partNumber, start, end },
		withMd5,
		send: (bytes, checksum, onSent, signal) =>
			round.remote.uploadPart({ uploadId, partNumber, bytes, md5: checksum?.md5, onSent }, signal),
	});
	// Told by the first part, before all others are sent for nothing.
	if (receipt.etag === undefined && upload.isListingRefused) throw new UploadError('Cors', HIDDEN_ETAG);
	// Only OSS's own word counts: its CRC64, which was compared, or its MD5, which is the ETag.
	const isMd5Equal = digest?.md5 !== undefined && receipt.etag === `"${digest.md5}"`;
	const verified = isMd5Equal || (digest !== undefined && receipt.crc64 !== undefined);
	const part = { partNumber, size: end - start, etag: receipt.etag, crc64: digest?.crc64, verified };
	return { part, resumed: false };
}
