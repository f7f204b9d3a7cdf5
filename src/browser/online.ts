import type { Connectivity } from '../core/ports.js';

/**
 * What the browser believes about its network: `navigator.onLine` and the `online` event, in pages and workers.
 * Where there is no `navigator`, the machine counts as online.
 */
export function browserConnectivity(): Connectivity & {
	/** Rejects whoever still waits with an `AbortError`, and removes every listener. */
	close(): void;
} {
	const closing = new AbortController();
	// Only a plain `false` says something: `undefined` comes from runtimes that do not know.
	const isOnline = (): boolean => globalThis.navigator?.onLine !== false;

	return {
		isOnline,
		whenOnline: (signal) =>
			new Promise((resolve, reject) => {
				signal.throwIfAborted();
				closing.signal.throwIfAborted();
				if (isOnline()) {
					resolve();
					return;
				}
				const settle = (event: Event) => {
					globalThis.removeEventListener('online', settle);
					signal.removeEventListener('abort', settle);
					closing.signal.removeEventListener('abort', settle);
					if (event.type === 'online') resolve();
					else reject(signal.aborted ? signal.reason : closing.signal.reason);
				};
				globalThis.addEventListener('online', settle);
				signal.addEventListener('abort', settle);
				closing.signal.addEventListener('abort', settle);
			}),
		close: () => closing.abort(),
	};
}
