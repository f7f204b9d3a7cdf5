import SparkMD5 from 'spark-md5';
import { scriptCrc64, type UpdateCrc64 } from './crc64.js';
import { createFileStreams } from './file-streams.js';
import type { DigestRequest, FromHashWorker, ToHashWorker } from './hash-messages.js';
import { wasmCrc64 } from './wasm-crc64.js';

const streams = createFileStreams();
/** Of the last request. */
let file = new Blob();
const running = new Map<number, AbortController>();

const say = (message: FromHashWorker): void => postMessage(message);

/** A Content-Security-Policy may refuse WebAssembly to the worker. */
function bestCrc64(): { readonly update: UpdateCrc64; readonly wasm: boolean } {
	try {
		return { update: wasmCrc64(), wasm: true };
	} catch {
		return { update: scriptCrc64(), wasm: false };
	}
}

const { update, wasm } = bestCrc64();

async function digest({ id, md5, ...range }: DigestRequest): Promise<void> {
	const cancelled = new AbortController();
	running.set(id, cancelled);
	let crc64 = 0n;
	const spark = md5 ? new SparkMD5.ArrayBuffer() : undefined;
	try {
		await streams.read(range, cancelled.signal, (chunk) => {
			crc64 = update(crc64, chunk);
			spark?.append(chunk.slice().buffer);
		});
		const checksum = { crc64: crc64.toString() };
		say({ type: 'digest', id, digest: spark ? { ...checksum, md5: spark.end().toUpperCase() } : checksum });
	} catch (error) {
		const { name, message } = error instanceof Error ? error : new Error(String(error));
		if (!cancelled.signal.aborted) say({ type: 'failed', id, name, message });
	} finally {
		running.delete(id);
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

say({ type: 'ready', wasm });
