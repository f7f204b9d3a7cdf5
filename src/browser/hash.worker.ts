import { createCRC64, createMD5 } from 'hash-wasm';
import { chunksOf } from './chunks.js';
import { Crc64, toDecimal } from './crc64.js';
import type { FromHashWorker, ToHashWorker } from './hash-messages.js';

/** Bytes read at once, for each digest under way. */
const CHUNK_SIZE = 4 * 1024 * 1024;

interface Hash {
	init(): unknown;
	update(bytes: Uint8Array): unknown;
	/** Hexadecimal. */
	digest(): string;
}

// Hashes not in use: a new WebAssembly memory for each part would pile up faster than it is collected.
const freeCrc64: Hash[] = [];
const freeMd5: Hash[] = [];
const running = new Map<number, AbortController>();

const say = (message: FromHashWorker): void => postMessage(message);

const wasmCrc64 = (): Promise<Hash> => createCRC64('c96c5795d7870f42');

async function digest({ id, bytes, md5 }: ToHashWorker & { type: 'digest' }): Promise<void> {
	const cancelled = new AbortController();
	running.set(id, cancelled);
	const crc64Hash = freeCrc64.pop() ?? (await wasmCrc64().catch(() => new Crc64()));
	const md5Hash = md5 ? (freeMd5.pop() ?? (await createMD5())) : undefined;
	crc64Hash.init();
	md5Hash?.init();
	try {
		// Each digest waits for its own read only, so that several take turns chunk by chunk.
		for await (const chunk of chunksOf(bytes, CHUNK_SIZE, cancelled.signal)) {
			crc64Hash.update(chunk);
			md5Hash?.update(chunk);
		}
		const crc64 = toDecimal(crc64Hash.digest());
		say({ type: 'digest', id, crc64, ...(md5Hash && { md5: md5Hash.digest().toUpperCase() }) });
	} catch (error) {
		const { name, message } = error instanceof Error ? error : new Error(String(error));
		if (!cancelled.signal.aborted) say({ type: 'failed', id, name, message });
	} finally {
		running.delete(id);
		freeCrc64.push(crc64Hash);
		if (md5Hash) freeMd5.push(md5Hash);
	}
}

addEventListener('message', ({ data }: MessageEvent<ToHashWorker>) => {
	if (data.type === 'cancel') running.get(data.id)?.abort();
	else void digest(data);
});

// A Content-Security-Policy may refuse WebAssembly to the worker, and says so only here, when it is first compiled.
wasmCrc64().then(
	(hash) => {
		freeCrc64.push(hash);
		say({ type: 'ready', wasm: true });
	},
	() => say({ type: 'ready', wasm: false }),
);
