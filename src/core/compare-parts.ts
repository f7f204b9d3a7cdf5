import { partRange } from './plan.js';
import type { Digest, UploadedPart } from './ports.js';
import { dropPart, type OpenUpload, type Round } from './round.js';

/** Reads the parts' bytes again and drops those that are no longer what OSS holds, so that they are sent again. */
export async function compareParts(
	round: Round,
	upload: OpenUpload,
	parts: readonly UploadedPart[],
): Promise<void> {
	for (const part of parts) {
		if ((await digestIfSame(round, upload, part)) === undefined) dropPart(round, upload, part);
	}
}

/** The digest of the local bytes, when they are those of the part at OSS: by CRC64, else by MD5, which is its ETag. */
export async function digestIfSame(
	{ run, requests }: Round,
	{ plan }: OpenUpload,
	{ partNumber, etag, crc64 }: Pick<UploadedPart, 'partNumber' | 'etag' | 'crc64'>,
): Promise<Digest | undefined> {
	const { start, end } = partRange(plan, partNumber);
	const md5 = crc64 === undefined;
	const digest = await run.world.hasher.digest(run.source.slice(start, end), { md5 }, requests.patience);
	return (md5 ? etag === `"${digest.md5}"` : crc64 === digest.crc64) ? digest : undefined;
}
