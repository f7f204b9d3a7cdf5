import { createCRC64 } from 'hash-wasm';
import SparkMD5 from 'spark-md5';
import { Crc64, toDecimal } from './crc64.js';
import { createFileStreams } from './file-streams.js';
import type { DigestRequest, FromHashWorker, ToHashWorker } from './hash-messages.js';

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

async function digest({ id, md5, ...range }: DigestRequest): Promise<void> {
	const cancelled = new AbortController();
	running.set(id, cancelled);
	const crc64 = freeCrc64.pop() ?? (await wasmCrc64().catch(() => new Crc64()));
	crc64.init();
	const spark = md5 ? new SparkMD5.ArrayBuffer() : undefined;
	try {
		await streams.read(range, cancelled.signal, (chunk) => {
			crc64.update(chunk);
			spark?.append(chunk.slice().buffer);
		});
		const checksum = { crc64: toDecimal(crc64.digest()) };
		say({ type: 'digest', id, digest: spark ? { ...checksum, md5: spark.end().toUpperCase() } : checksum });
	} catch (error) {
		const { name, message } = error instanceof Error ? error : new Error(String(error));
		if (!cancelled.signal.aborted) say({ type: 'failed', id, name, message });
	} finally {
		running.delete(id);
		freeCrc64.push(crc64);
	}
}

addEventListener('message', ({ data }: MessageEvent<ToHashWorker>) => {
	if (data.type === 'cancel') {
		running.get(data.id)?.abort();
		return;
	}
	file = data.file ?? file;
	void digest({ ...data, file });
});

// A Content-Security-Policy may refuse WebAssembly to the worker, and says so only here, when it is first compiled.
wasmCrc64().then(
	(hash) => {
		freeCrc64.push(hash);
		say({ type: 'ready', wasm: true });
	},
	() => say({ type: 'ready', wasm: false }),
);
