import { UploadError } from './errors.js';
import { inServiceWorker, isServiceWorker } from './service-worker.js';

/** Milliseconds in which the page's own server answers, if anything does. */
const ANSWER_MS = 10_000;
/** Milliseconds for a file to come, on a line that may be full of parts. Asked for again, it is still on its way. */
const LOAD_MS = 30_000;

const STALLED = new Error(`It has not come within ${LOAD_MS / 1000} s`);

/**
 * What few pages need is loaded when it is needed: `const loadChunk = lazy(() => import('../chunk.js'))`, once a module of
 * ours. What has come is kept: an import costs a third of a millisecond each time, and a page that is offline has it all
 * the same. Nothing is kept of a failure.
 *
 * Rejects with `Network`, to be tried again, where the file does not come in time, and while the page's server cannot be
 * reached either; with `Unsupported` where it can: then the file is gone, as after a deployment, and only a page that is
 * loaded anew knows the new ones.
 *
 * The import itself does not tell the two apart, and trying it again would not help to: until 2026 browsers kept the
 * first failure of a module for as long as the page lives (whatwg/html#6768). So the server is asked, and while the
 * browser says that it is offline, before anything that it would keep.
 */
export function lazy<T extends object>(load: () => Promise<T>): () => Promise<T> {
	let loaded: T | undefined;
	return async () => {
		loaded ??= await loadNow(load);
		return loaded;
	};
}

async function loadNow<T>(load: () => Promise<T>): Promise<T> {
	if (!isServiceWorker() && isOffline() && !(await serverAnswers())) throw unreachable();
	try {
		return await inTime(load());
	} catch (cause) {
		if (isServiceWorker()) throw inServiceWorker(cause);
		throw cause === STALLED || isOffline() || !(await serverAnswers()) ? unreachable(cause) : gone(cause);
	}
}

/** A connection that stalls would else hold up an upload for ever, without a word. */
async function inTime<T>(loading: Promise<T>): Promise<T> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const stalled = new Promise<never>((_, reject) => {
		timer = setTimeout(reject, LOAD_MS, STALLED);
	});
	try {
		return await Promise.race([loading, stalled]);
	} finally {
		clearTimeout(timer);
	}
}

const gone = (cause: unknown): UploadError =>
	new UploadError(
		'Unsupported',
		'A file of the library is gone, most likely since a new version of the page was deployed: reload the page',
		{ cause },
	);

const unreachable = (cause?: unknown): UploadError =>
	new UploadError(
		'Network',
		'A file of the library could not be loaded: check the network, and if that is fine, reload the page',
		{ cause, retryable: true },
	);

// As the browser believes: a machine may be online all the same.
const isOffline = (): boolean => globalThis.navigator?.onLine === false;

/** Whatever it answers. Where there is no server to ask, as in Node or a file, nothing speaks against it. */
async function serverAnswers(): Promise<boolean> {
	const origin = globalThis.location?.origin ?? '';
	if (!origin.startsWith('http')) return true;
	const ask = { method: 'HEAD', cache: 'no-store', credentials: 'omit', redirect: 'manual' } as const;
	return fetch(`${origin}/`, { ...ask, signal: AbortSignal.timeout(ANSWER_MS) }).then(
		() => true,
		() => false,
	);
}
