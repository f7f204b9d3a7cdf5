import { abortable } from '../base/abortable.js';
import { controllingWorker } from '../base/page.js';
import { systemClock } from '../browser/clock.js';
import { createHasher } from '../browser/hashing/hasher.js';
import { indexedDbCheckpoints } from '../browser/storage/indexed-db-checkpoints.js';
import { closeMemory } from '../browser/storage/memory-checkpoints.js';
import { ticks } from '../browser/storage/ticks.js';
import type { Checkpoint } from '../core/model.js';
import type { CheckpointStore } from '../core/ports.js';
import { quotation } from '../oss/quotation.js';
import type { Findings } from './finding.js';
import type { Subject } from './subject.js';

/** Connections that a browser opens to a host by HTTP/1.1. */
const CONNECTIONS = 6;

/** What there is of a browser, by trying it. */
export async function checkBrowser(options: Subject, findings: Findings, signal: AbortSignal): Promise<void> {
	const { navigator = {} as Partial<Navigator>, isSecureContext } = globalThis;
	if (isSecureContext === false) findings.add('context-insecure', 'isSecureContext is false');
	const [isKept] = await Promise.all([
		checkStorage(options, findings, signal),
		checkLocks(findings, signal),
		checkWorker(options, findings, signal),
	]);
	if (typeof BroadcastChannel !== 'function')
		findings.add('channel-missing', 'BroadcastChannel is not there');
	if (!('wakeLock' in navigator)) findings.add('wake-lock-missing', 'navigator.wakeLock is not there');
	if (!('showOpenFilePicker' in globalThis))
		findings.add('handles-missing', 'showOpenFilePicker is not there');
	const { scriptURL } = controllingWorker() ?? {};
	if (scriptURL) findings.add('service-worker', `It is ${scriptURL.replace(/[?#].*/, '')}`);
	if (!findings.has(/^(context|storage-fails|locks|worker|wasm)/)) {
		const kept = isKept ? 'The storage keeps a row, a' : 'A';
		findings.add('browser-ok', `${kept} lock was given, the hash worker hashed`);
	}
}

/** After requests went out: of other sites browsers tell the protocol only where these allow it. */
export function checkConnections({ parallel = 5 }: Subject, findings: Findings, host: string): void {
	if (parallel <= CONNECTIONS) return;
	const seen = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
	const protocol = seen.findLast(({ name }) => name.startsWith(host))?.nextHopProtocol || 'hidden';
	if (/^h[23]/.test(protocol)) return;
	findings.add('connections-few', `The protocol is ${protocol}, and OSS promises none with more`, {
		parallel,
	});
}

/** Writes a row as an upload would, reads it and deletes it. Whether it was kept where the next page finds it. */
async function checkStorage(
	{ checkpoints, bucket }: Subject,
	findings: Findings,
	signal: AbortSignal,
): Promise<boolean> {
	const isMemory = checkpoints && checkpoints.close === closeMemory;
	if (checkpoints === false || isMemory) {
		const names = isMemory ? 'memoryCheckpoints()' : 'false';
		findings.add('storage-off', `checkpoints is ${names}`, { names });
		return false;
	}
	const store = checkpoints ?? indexedDbCheckpoints();
	try {
		await within(signal, keepRow(store, bucket));
	} catch (error) {
		signal.throwIfAborted();
		findings.add('storage-fails', said(error));
		return false;
	} finally {
		if (!checkpoints) store.close();
	}
	const isPersisted = await navigator.storage?.persisted?.().catch(() => undefined);
	if (isPersisted === false) findings.add('storage-evictable', 'navigator.storage.persisted() is false');
	return true;
}

async function keepRow(store: CheckpointStore, bucket: string): Promise<void> {
	const id = `diagnosis-${Math.random()}`;
	await store.create(rowOf(id, bucket));
	try {
		if (!(await store.load(id))) throw new Error('A row that was written is not there');
	} finally {
		await store.delete(id);
	}
}

/** Of a scope that nobody has; what is left of it when the page dies in between expires by itself. */
const rowOf = (id: string, bucket: string): Checkpoint => ({
	...{ id, bucket, scope: id, key: id, uploadId: id, fingerprint: id, name: '', initiateDigest: '' },
	...{ size: 1, partSize: 1, createdAt: Date.now(), notBefore: 0, ttlMs: 60_000 },
	...{ completing: false, abandoned: false },
	settings: { headers: {}, guessedContentType: '', verify: 'none' },
});

async function checkLocks(findings: Findings, signal: AbortSignal): Promise<void> {
	try {
		await within(
			signal,
			navigator.locks.request('oss-resumable-upload diagnosis', () => {}),
		);
	} catch (error) {
		signal.throwIfAborted();
		findings.add('locks-missing', said(error));
	}
}

/** Has it hash something, which starts it. */
async function checkWorker({ workerUrl }: Subject, findings: Findings, signal: AbortSignal): Promise<void> {
	const warn = (error: unknown) => {
		const isSlow = /WebAssembly/.test(String(error));
		const where = workerUrl ? `${quotation(String(workerUrl), 100)}: ` : '';
		findings.add(isSlow ? 'wasm-missing' : 'worker-missing', where + said(error));
	};
	// As of a file: a few bytes in memory are hashed without a worker.
	const blob = new Blob(['a']);
	const hasher = createHasher({ workerUrl, warn });
	try {
		await within(signal, hasher.digest({ blob, file: blob, start: 0 }, { md5: false }, signal));
	} catch (error) {
		signal.throwIfAborted();
		findings.add('worker-missing', said(error));
	} finally {
		hasher.close();
	}
}

/** Ten seconds, counted as the stores of uploads count them. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	const ended = new AbortController();
	const late = ticks(10, systemClock, ended.signal).then(() => {
		throw new Error('No answer within 10 s');
	});
	late.catch(() => {});
	try {
		return await abortable(signal, Promise.race([work, late]));
	} finally {
		ended.abort();
	}
}

/** With what it came of. */
function said(error: unknown): string {
	const { cause } = Object(error);
	return quotation([error, cause].filter(Boolean).map(String).join(', since '), 300);
}
