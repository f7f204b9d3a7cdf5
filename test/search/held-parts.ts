import { createHash } from 'node:crypto';
import type { UploadedPart } from '../../src/core/model.js';
import type { TransportRequest, TransportResponse } from '../../src/core/ports.js';

/** What one page was told that OSS holds of its file: such a part must not be sent again. */
export class HeldParts {
	readonly #etags: readonly string[];
	/** `uploadId part` */
	readonly #held = new Set<string>();
	/** By checkpoint. */
	readonly #uploadIds = new Map<string, string>();

	constructor(bytes: Uint8Array, partSize: number) {
		const parts = Math.ceil(bytes.length / partSize);
		this.#etags = Array.from({ length: parts }, (_, index) => {
			const part = bytes.subarray(index * partSize, (index + 1) * partSize);
			return `"${createHash('md5').update(part).digest('hex').toUpperCase()}"`;
		});
	}

	expectNew({ method, url }: TransportRequest): void {
		const { searchParams } = new URL(url);
		const part = `${searchParams.get('uploadId')} ${searchParams.get('partNumber')}`;
		if (method === 'PUT' && this.#held.has(part))
			throw new Error(`Part ${part} is sent again, though OSS holds it`);
	}

	/** The checkpoint is that of this upload from now on. */
	follow(checkpointId: string, uploadId: string): void {
		this.#uploadIds.set(checkpointId, uploadId);
	}

	uploadIdOf(checkpointId: string | undefined): string | undefined {
		return this.#uploadIds.get(checkpointId ?? '');
	}

	/** The page has written down that OSS holds the part. An answer that a pause cut off does not count. */
	record(checkpointId: string, { partNumber, etag }: UploadedPart): void {
		this.#set(this.#uploadIds.get(checkpointId) ?? '', partNumber, etag);
	}

	learn({ method, url }: TransportRequest, { status, text }: TransportResponse): void {
		const uploadId = new URL(url).searchParams.get('uploadId');
		if (uploadId === null) return;
		// OSS says itself that it does not hold what was recorded, be it all: which part that is, it need not say.
		if (/<Code>(InvalidPart|NoSuchUpload)/.test(text)) this.#forget(uploadId);
		if (status !== 200 || method !== 'GET' || !text.includes('<ListPartsResult')) return;
		this.#forget(uploadId);
		for (const [part] of text.matchAll(/<Part>.*?<\/Part>/gs)) {
			const listed = /<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1];
			const etag = /<ETag>(.*?)<\/ETag>/.exec(part)?.[1]?.replaceAll('&quot;', '"');
			this.#set(uploadId, Number(listed), etag);
		}
	}

	#set(uploadId: string, partNumber: number, etag: string | undefined): void {
		if (etag === this.#etags[partNumber - 1]) this.#held.add(`${uploadId} ${partNumber}`);
	}

	#forget(uploadId: string): void {
		for (const part of this.#held) if (part.startsWith(`${uploadId} `)) this.#held.delete(part);
	}
}
