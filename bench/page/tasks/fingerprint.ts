import { sampledFingerprint } from '../../../src/browser/hashing/fingerprint.js';
import { createHasher, type FileHasher } from '../../../src/browser/hashing/hasher.js';
import type { FingerprintReport } from '../task.js';

type Content = Parameters<FileHasher['digest']>[0];

function bytesOf(content: Content): number {
	if ('blob' in content) return content.blob.size;
	return 'starts' in content ? content.starts.length * content.size : content.length;
}

export async function measureFingerprint(file: File): Promise<FingerprintReport> {
	const warn = (cause: unknown) => {
		throw new Error('Not what was to be measured', { cause });
	};
	const hasher = createHasher({ warn });
	let read = 0;
	const fingerprint = sampledFingerprint({
		digest(content, options, signal) {
			read += bytesOf(content);
			return hasher.digest(content, options, signal);
		},
	});
	const measure = async () => {
		const startedAt = performance.now();
		await fingerprint(file, new AbortController().signal);
		return performance.now() - startedAt;
	};
	const coldMs = await measure();
	const once = read;
	const warmMs = await measure();
	return { coldMs, warmMs, workerMs: await measureWorker(), read: once };
}

async function measureWorker(): Promise<number> {
	const url = URL.createObjectURL(new Blob(['postMessage(0)'], { type: 'text/javascript' }));
	const startedAt = performance.now();
	const worker = new Worker(url, { type: 'module' });
	await new Promise((resolve, reject) => {
		worker.onmessage = resolve;
		worker.onerror = reject;
	});
	const took = performance.now() - startedAt;
	worker.terminate();
	URL.revokeObjectURL(url);
	return took;
}
