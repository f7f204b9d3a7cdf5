import { fetchTransport, type Transport } from 'oss-resumable-upload';

/** What becomes of bytes that a browser does not send from the disk, as it is told of Safari 26. */
export type Stubbornness = 'empties' | 'hangs';

/** How often it was to send from the disk, and the most bytes from memory that were under way at a moment. */
export interface Sendings {
	fromDisk: number;
	mostInMemory: number;
}

/** A browser that sends no slice of a file; what is in memory it sends. */
export function stubbornTransport(how: Stubbornness, sendings: Sendings): Transport {
	const sent = fetchTransport();
	let inMemory = 0;
	return {
		reaches: sent.reaches,
		async send(request) {
			const { body, signal } = request;
			if (body instanceof Blob && body.size > 0) {
				sendings.fromDisk++;
				return how === 'empties' ? sent.send({ ...request, body: new Blob() }) : endOf(signal);
			}
			const bytes = body instanceof Uint8Array ? body : new Uint8Array();
			const size = bytes.byteLength;
			inMemory += size;
			sendings.mostInMemory = Math.max(sendings.mostInMemory, inMemory);
			try {
				// Of plain bytes Chromium makes copies for the client that drives it: of 96 MiB for minutes.
				return await sent.send(size > 0 ? { ...request, body: new Blob([bytes]) } : request);
			} finally {
				inMemory -= size;
			}
		},
	};
}

const endOf = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
