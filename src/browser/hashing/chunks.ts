import { hasLostBytes } from '../lost-bytes.js';
import { ReadFailure } from './read-failure.js';

/**
 * The bytes in pieces of `chunkSize`, never whole. Throws `signal.reason` when aborted, else what the browser says
 * when it cannot read the file.
 */
export async function* chunksOf(
	bytes: Blob,
	chunkSize: number,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
	for (let start = 0; start < bytes.size; start += chunkSize) {
		const slice = bytes.slice(start, start + chunkSize);
		const chunk = new Uint8Array(await slice.arrayBuffer());
		signal.throwIfAborted();
		if (await hasLostBytes(chunk, slice)) throw new ReadFailure('The file has become shorter');
		yield chunk;
	}
}
