import { partRange } from './plan.js';
import type { UploadedPart } from './ports.js';
import { dropPart, type OpenUpload, type Round } from './round.js';

/** Reads the parts' bytes again and drops those that are no longer what OSS holds, so that they are sent again. */
export async function compareParts(
	round: Round,
	upload: OpenUpload,
	parts: readonly UploadedPart[],
): Promise<void> {
	const { source, world } = round.run;
	for (const part of parts) {
		const { start, end } = partRange(upload.plan, part.partNumber);
		const md5 = part.crc64 === undefined;
		const digest = await world.hasher.digest(source.slice(start, end), { md5 }, round.requests.patience);
		const isSame = md5 ? part.etag === `"${digest.md5}"` : part.crc64 === digest.crc64;
		if (!isSame) dropPart(round, upload, part);
	}
}
