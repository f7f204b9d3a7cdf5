import { UploadError } from '../../base/errors.js';
import type { UploadedPart } from '../model.js';
import { digestIfSame, localParts } from './compare-parts.js';
import type { OpenUpload } from './open-upload.js';
import { HIDDEN_ETAG } from './outcome.js';
import { partRange } from './plan.js';
import { type Round, wasSent } from './round.js';
import { transfer } from './transfer.js';

/** A part that OSS holds as the file has it. */
export interface SettledPart {
	readonly part: UploadedPart;
	/** OSS held it before this task sent anything of it. */
	readonly resumed: boolean;
}

/** Has OSS hold the part: adopted, where OSS lists its very bytes, else sent. */
export async function settlePart(round: Round, upload: OpenUpload, partNumber: number): Promise<SettledPart> {
	return (await adoptPart(round, upload, partNumber)) ?? sendPart(round, upload, partNumber);
}

/** OSS lists it, and nobody recorded it, as when the page died between the answer and the record. */
async function adoptPart(
	round: Round,
	upload: OpenUpload,
	partNumber: number,
): Promise<SettledPart | undefined> {
	const listed = upload.unrecorded.get(partNumber);
	if (listed === undefined) return undefined;
	const same = await digestIfSame(localParts(round, upload), listed);
	if (same === undefined) return undefined;
	const { size, etag } = listed;
	const part = { partNumber, size, etag, crc64: same.crc64, verified: true };
	return { part, resumed: !wasSent(round.run, upload, listed) };
}

async function sendPart(round: Round, upload: OpenUpload, partNumber: number): Promise<SettledPart> {
	const range = partRange(upload.plan, partNumber);
	const { uploadId } = upload.checkpoint;
	round.run.memory.sent.add(uploadId, partNumber);
	const { receipt, digest } = await transfer(round, {
		operation: 'UploadPart',
		range,
		withMd5: round.target.settings.verify === 'md5',
		send: (bytes, checksum, onSent, signal) =>
			round.remote.uploadPart({ uploadId, partNumber, bytes, md5: checksum?.md5, onSent }, signal),
	});
	// Told by the first part, before all others are sent for nothing.
	if (receipt.etag === undefined && upload.isListingRefused) throw new UploadError('Cors', HIDDEN_ETAG);
	// Only OSS's own word counts: its CRC64, which was compared, or its MD5, which is the ETag.
	const isMd5Equal = digest?.md5 !== undefined && receipt.etag === `"${digest.md5}"`;
	const verified = isMd5Equal || (digest !== undefined && receipt.crc64 !== undefined);
	const size = range.end - range.start;
	return {
		part: { partNumber, size, etag: receipt.etag, crc64: digest?.crc64, verified },
		resumed: false,
	};
}
