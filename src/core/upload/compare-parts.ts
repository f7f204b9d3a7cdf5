import type { Digest, UploadedPart } from '../model.js';
import { localDigest } from './local-digest.js';
import type { OpenUpload } from './open-upload.js';
import { partRange } from './plan.js';
import { digesting, dropPart, type Round } from './round.js';

/** Reads the parts' bytes again and drops those that are not what OSS holds, so that they are sent again. */
export async function compareParts(
	round: Round,
	upload: OpenUpload,
	parts: readonly UploadedPart[],
): Promise<void> {
	const { known } = round.run.memory;
	for (const part of parts) {
		if ((await digestIfSame(round, upload, part)) === undefined) dropPart(round, upload, part);
		else known.add(upload.checkpoint.uploadId, part.partNumber);
	}
}

/** The digest of the local bytes, when they are those of the part at OSS: by CRC64, else by MD5, which is its ETag. */
export async function digestIfSame(
	round: Round,
	{ plan }: OpenUpload,
	{ partNumber, etag, crc64 }: Pick<UploadedPart, 'partNumber' | 'etag' | 'crc64'>,
): Promise<Digest | undefined> {
	const md5 = crc64 === undefined;
	const range = partRange(plan, partNumber);
	const digest = await localDigest(digesting(round), range, md5, round.requests.patience);
	return (md5 ? etag === `"${digest.md5}"` : crc64 === digest.crc64) ? digest : undefined;
}
