import { createCRC64 } from 'hash-wasm';
import SparkMD5 from 'spark-md5';
import type { Digest } from '../../core/model.js';
import type { Octets } from '../../core/ports.js';
import { Crc64, toDecimal } from './crc64.js';
import { createFileStreams, type FileRange } from './file-streams.js';
import type { DigestRequest, FromHashWorker, ToHashWorker } from './messages.js';
import { isReadFailure } from './read-failure.js';
import { readSamples } from './samples.js';

interface Hash {
	init(): unknown;
	update(bytes: Uint8Array): unknown;
	/** Hexadecimal. */
	digest(): string;
}

// Hashes not in use: a new WebAssembly memory for each part would pile up faster than it is collected.
const freeCrc64: Hash[] = [];
const streams = createFileStreams();
/** Of the last request. */
let file = new Blob();
const running = new Map<number, AbortController>();

const say = (message: FromHashWorker): void => postMessage(message);

const wasmCrc64 = (): Promise<Hash> => createCRC64('c96c5795d7870f42');

async function digestOf(content: FileRange | Octets, md5: boolean, signal: AbortSignal): Promise<Digest> {
	const crc64 = freeCrc64.pop() ?? (await wasmCrc64().catch(() => new Crc64()));
	crc64.init();
	const spark = md5 ? new SparkMD5.ArrayBuffer() : undefined;
	try {
		const take = (chunk: Octets) => {
			crc64.update(chunk);
			spark?.append(chunk.slice().buffer);
		};
		if ('fileId' in content) await streams.read(content, signal, take);
		else take(content);
	} catch (error) {
		// One that failed at its own work is not used again.
		if (isReadFailure(error) || signal.aborted) freeCrc64.push(crc64);
		throw error;
	}
	const checksum = { crc64: toDecimal(crc64.digest()) };
	freeCrc64.push(crc64);
	return spark ? { ...checksum, md5: spark.end().toUpperCase() } : checksum;
}

async function answer({ id, md5, content }: DigestRequest): Promise<void> {
	const cancelled = new AbortController();
	const { signal } = cancelled;
	running.set(id, cancelled);
	const attempt = async () =>
		digestOf('starts' in content ? await readSamples(content) : content, md5, signal);
	try {
		const digest = await attempt().catch((error: unknown) => {
			if (signal.aborted || isReadFailure(error)) throw error;
			// Memory that was short for a moment, a stream that broke off while its file can be read: once more.
			return attempt();
		});
		say({ type: 'digest', id, digest });
	} catch (error) {
		const { name, message } = error instanceof Error ? error : new Error(String(error));
		if (!signal.aborted) say({ type: 'failed', id, ofFile: isReadFailure(error), name, message });
	} finally {
		running.delete(id);
	}
}

addEventListener('message', ({ data }: MessageEvent<ToHashWorker>) => {
	if (data.type === 'cancel') {
		running.get(data.id)?.abort();
		return;
	}
	const { content } = data;
	if ('fileId' in content) {
		file = content.file ?? file;
		void answer({ ...data, content: { ...content, file } });
	} else void answer({ ...data, content });
});

// Nobody knows which: the page hears of the error, and goes on without this worker.
addEventListener('messageerror', () => {
	throw new Error('A message to the hash worker could not be read');
});

// At once: while WebAssembly is compiled the first file is read.
say({ type: 'ready' });
// A Content-Security-Policy may refuse WebAssembly to the worker, and says so only here, when it is first compiled.
wasmCrc64().then(
	(hash) => freeCrc64.push(hash),
	() => say({ type: 'slow' }),
);
