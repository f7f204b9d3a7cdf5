import { digestIfSame } from './compare-parts.js';
import { partRange } from './plan.js';
import { type OpenUpload, type Round, recordPart, together } from './round.js';
import { transfer } from './transfer.js';

/** Sends every part that OSS lacks, as many at once as the uploader's slots allow. */
export async function sendMissing(round: Round, upload: OpenUpload): Promise<void> {
	const missing = missingParts(upload);
	// A throw closes the generator for every lane, so that nothing new begins after a failure.
	const lane = async () => {
		for (const partNumber of missing) await sendPart(round, upload, partNumber);
	};
	await together(round.requests, Array.from({ length: round.run.world.parallel }, lane));
}

function* missingParts({ plan, stored }: OpenUpload): Generator<number, void> {
	for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
		if (!stored.has(partNumber)) yield partNumber;
	}
}

async function sendPart(round: Round, upload: OpenUpload, partNumber: number): Promise<void> {
	const { start, end } = partRange(upload.plan, partNumber);
	const listed = upload.unrecorded.get(partNumber);
	if (listed !== undefined) {
		const same = await digestIfSame(round, upload, listed);
		if (same !== undefined) {
			return recordPart(round, upload, { ...listed, crc64: same.crc64, verified: true }, true);
		}
	}
	const { uploadId } = upload.checkpoint;
	const withMd5 = round.target.settings.verify === 'md5';
	const { receipt, digest } = await transfer(round, {
		operation: 'UploadPart',
		range: { partNumber, start, end },
		withMd5,
		send: (bytes, checksum, onSent, signal) =>
			round.remote.uploadPart({ uploadId, partNumber, bytes, md5: checksum?.md5, onSent }, signal),
	});
	const verified = withMd5 || (digest !== undefined && receipt.crc64 !== undefined);
	const part = { partNumber, size: end - start, etag: receipt.etag, crc64: digest?.crc64, verified };
	await recordPart(round, upload, part, false);
}
