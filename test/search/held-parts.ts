import { createHash } from 'node:crypto';
import type { TransportRequest, TransportResponse, UploadedPart } from '../../src/core/ports.js';

/** What one page was told that OSS holds of its file: such a part must not be sent again. */
export class HeldParts {
	readonly #etags: readonly string[];
	/** `uploadId part` */
	readonly #held = new Set<string>();

	/** Of the upload that the page is at. */
	#uploadId = '';

	constructor(bytes: Uint8Array, partSize: number) {
		const parts = Math.ceil(bytes.length / partSize);
		this.#etags = Array.from({ length: parts }, (_, index) => {
			const part = bytes.subarray(index * partSize, (index + 1) * partSize);
			return `"${createHash('md5').update(part).digest('hex').toUpperCase()}"`;
		});
	}

	expectNew({ method, url }: TransportRequest): void {
		const { searchParams } = new URL(url);
		this.#uploadId = searchParams.get('uploadId') ?? this.#uploadId;
		const part = `${searchParams.get('uploadId')} ${searchParams.get('partNumber')}`;
		if (method === 'PUT' && this.#held.has(part))
			throw new Error(`Part ${part} is sent again, though OSS holds it`);
	}

	/** The page has written down that OSS holds the part. An answer that a pause cut off does not count. */
	record({ partNumber, etag }: UploadedPart): void {
		this.#add(this.#uploadId, partNumber, etag);
	}

	learn({ method, url }: TransportRequest, { status, text }: TransportResponse): void {
		const { searchParams } = new URL(url);
		const uploadId = searchParams.get('uploadId');
		if (status !== 200 || uploadId === null) return;
		if (method !== 'GET') return;
		for (const [part] of text.matchAll(/<Part>.*?<\/Part>/gs)) {
			const listed = /<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1];
			const etag = /<ETag>(.*?)<\/ETag>/.exec(part)?.[1]?.replaceAll('&quot;', '"');
			this.#add(uploadId, Number(listed), etag);
		}
	}

	#add(uploadId: string, partNumber: number, etag: string | undefined): void {
		if (etag === this.#etags[partNumber - 1]) this.#held.add(`${uploadId} ${partNumber}`);
	}
}
