/**
 * Whether a worker that is started here may stop us for good. Firefox (seen in 153), inside of a worker: `new Worker` does not
 * return, about once in forty times, and nothing runs in this thread any more, timers neither. A page is not held up by what
 * is computed here instead.
 */
export const mayHangAtWorker = (): boolean =>
	'WorkerGlobalScope' in globalThis && /Firefox\//.test(globalThis.navigator?.userAgent ?? '');
