import type { Digest, UploadedPart } from '../model.js';
import { localDigest } from './local-digest.js';
import type { OpenUpload } from './open-upload.js';
import { partRange } from './plan.js';
import { digesting, type Round } from './round.js';

/** The file as it is now, part by part. */
export interface LocalParts {
	digest(partNumber: number, md5: boolean): Promise<Digest>;
}

export const localParts = (
	round: Pick<Round, 'run' | 'requests'>,
	{ plan }: Pick<OpenUpload, 'plan'>,
): LocalParts => ({
	digest: (partNumber, md5) =>
		localDigest(digesting(round), partRange(plan, partNumber), md5, round.requests.patience),
});

export interface Comparison {
	/** `digest`: of the file's bytes. */
	readonly onSame: (part: UploadedPart, digest: Digest) => void;
	readonly onOther: (part: UploadedPart) => void;
}

/** Reads the parts' bytes again, and tells of each whether it is what OSS holds. */
export async function compareParts(
	local: LocalParts,
	parts: readonly UploadedPart[],
	{ onSame, onOther }: Comparison,
): Promise<void> {
	for (const part of parts) {
		const digest = await digestIfSame(local, part);
		if (digest === undefined) onOther(part);
		else onSame(part, digest);
	}
}

/** The digest of the local bytes, when they are those of the part at OSS: by CRC64, else by MD5, which is its ETag. */
export async function digestIfSame(
	local: LocalParts,
	{ partNumber, etag, crc64 }: Pick<UploadedPart, 'partNumber' | 'etag' | 'crc64'>,
): Promise<Digest | undefined> {
	const md5 = crc64 === undefined;
	const digest = await local.digest(partNumber, md5);
	return (md5 ? etag === `"${digest.md5}"` : crc64 === digest.crc64) ? digest : undefined;
}
