import { randomBytes } from 'node:crypto';
import { noSuchUpload, OssError } from '../protocol/oss-error.js';
import { quotedMd5 } from './object-store.js';
import { removeSegment, type Segment } from './segment.js';

export interface StoredPart {
	readonly partNumber: number;
	/** As OSS writes it, quotes included. */
	readonly etag: string;
	/** Milliseconds since 1970, by the emulator's clock. */
	readonly lastModified: number;
	readonly segment: Segment;
}

/** An unfinished upload. */
export interface Upload {
	readonly uploadId: string;
	readonly bucket: string;
	readonly key: string;
	/** What Initiate said of the object. */
	readonly headers: Readonly<Record<string, string>>;
	/** Milliseconds since 1970, by the emulator's clock. */
	readonly initiated: number;
	readonly parts: ReadonlyMap<number, StoredPart>;
}

interface OpenUpload extends Upload {
	readonly parts: Map<number, StoredPart>;
}

/** A part as the list in Complete names it. */
export interface NamedPart {
	readonly partNumber: number;
	readonly etag: string;
}

/** Bytes; every part but the last. */
const MIN_PART_SIZE = 100 * 1024;

export class Uploads {
	readonly #uploads = new Map<string, OpenUpload>();

	initiate(of: Pick<Upload, 'bucket' | 'key' | 'headers' | 'initiated'>): Upload {
		const upload = { ...of, uploadId: randomBytes(16).toString('hex').toUpperCase(), parts: new Map() };
		this.#uploads.set(upload.uploadId, upload);
		return upload;
	}

	/** @throws OssError NoSuchUpload, also when the id belongs to another object */
	require(bucket: string, key: string, uploadId: string): Upload {
		return this.#require(bucket, key, uploadId);
	}

	#require(bucket: string, key: string, uploadId: string): OpenUpload {
		const upload = this.#uploads.get(uploadId);
		if (!upload || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload(uploadId);
		return upload;
	}

	list(bucket: string): readonly Upload[] {
		return [...this.#uploads.values()]
			.filter((upload) => upload.bucket === bucket)
			.sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.uploadId, b.uploadId));
	}

	/** Replaces a part of the same number. The upload may have ended while the bytes came in. */
	async addPart(upload: Upload, part: Omit<StoredPart, 'etag'>): Promise<StoredPart> {
		const open = this.#uploads.get(upload.uploadId);
		if (!open) {
			await removeSegment(part.segment);
			throw noSuchUpload(upload.uploadId);
		}
		const replaced = open.parts.get(part.partNumber);
		const stored = { ...part, etag: quotedMd5(part.segment.md5) };
		open.parts.set(part.partNumber, stored);
		if (replaced) await removeSegment(replaced.segment);
		return stored;
	}

	/** Ends the upload and hands its named parts over, in order; what is not named is removed. */
	async complete(upload: Upload, named: readonly NamedPart[] | 'all'): Promise<readonly Segment[]> {
		// Another Complete or an Abort may have come first while this one's body was read.
		this.#require(upload.bucket, upload.key, upload.uploadId);
		const chosen = named === 'all' ? allParts(upload) : choose(upload, named);
		assertSizes(chosen);
		this.#uploads.delete(upload.uploadId);
		const kept = new Set(chosen);
		const left = [...upload.parts.values()].filter((part) => !kept.has(part));
		await Promise.all(left.map(({ segment }) => removeSegment(segment)));
		return chosen.map(({ segment }) => segment);
	}

	/** Whether there was such an upload. */
	async forget(uploadId: string): Promise<boolean> {
		const upload = this.#uploads.get(uploadId);
		if (!upload) return false;
		this.#uploads.delete(uploadId);
		await Promise.all([...upload.parts.values()].map(({ segment }) => removeSegment(segment)));
		return true;
	}
}

export const sortedParts = (upload: Upload): readonly StoredPart[] =>
	[...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber);

function allParts(upload: Upload): readonly StoredPart[] {
	if (upload.parts.size === 0) throw invalidPart(upload, { partNumber: 1, etag: '' });
	return sortedParts(upload);
}

function choose(upload: Upload, named: readonly NamedPart[]): readonly StoredPart[] {
	return named.map((name, index) => {
		const previous = named[index - 1];
		if (previous && previous.partNumber >= name.partNumber) {
			throw new OssError(
				400,
				'InvalidPartOrder',
				'The list of parts was not in ascending order. Parts list must specified in order by part number.',
				{ fields: [['UploadId', upload.uploadId]] },
			);
		}
		const part = upload.parts.get(name.partNumber);
		if (!part || bareEtag(part.etag) !== bareEtag(name.etag)) throw invalidPart(upload, name);
		return part;
	});
}

const invalidPart = ({ uploadId }: Upload, { partNumber, etag }: NamedPart): OssError =>
	new OssError(
		400,
		'InvalidPart',
		"One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
		{
			fields: [
				['ETag', etag],
				['PartNumber', partNumber],
				['UploadId', uploadId],
			],
		},
	);

/** Size is looked at here only: OSS takes a part of any size. */
function assertSizes(parts: readonly StoredPart[]): void {
	const small = parts.slice(0, -1).find(({ segment }) => segment.size < MIN_PART_SIZE);
	if (!small) return;
	throw new OssError(400, 'EntityTooSmall', 'Your proposed upload smaller than the minimum allowed size.', {
		fields: [
			['ETag', small.etag],
			['MinSizeAllowed', MIN_PART_SIZE],
			['ProposedSize', small.segment.size],
			['PartNumber', small.partNumber],
		],
	});
}

const bareEtag = (etag: string): string =>
	etag
		.trim()
		.replace(/^"(.*)"$/, '$1')
		.toUpperCase();

/** By the bytes of their UTF-8, as OSS orders them. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
