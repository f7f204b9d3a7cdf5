import { sampledFingerprint } from '../../../src/browser/hashing/fingerprint.js';
import { createHasher } from '../../../src/browser/hashing/hasher.js';
import type { FingerprintReport } from '../task.js';

export async function measureFingerprint(file: File): Promise<FingerprintReport> {
	const warn = (cause: unknown) => {
		throw new Error('Not what was to be measured', { cause });
	};
	const hasher = createHasher({ warn });
	let read = 0;
	const fingerprint = sampledFingerprint({
		digest(content, options, signal) {
			read += 'blob' in content ? content.blob.size : content.length;
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
	return { coldMs, warmMs, read: once };
}
