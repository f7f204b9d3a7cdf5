import type { Connectivity } from '../../core/ports.js';
import { wait } from '../wait.js';

// Only a plain `false` says something: `undefined` comes from runtimes that do not know.
const isOnline = (): boolean => globalThis.navigator?.onLine !== false;

/**
 * What the browser believes about its network: `navigator.onLine` and the `online` event, in pages and workers.
 * Where there is no `navigator`, the machine counts as online.
 */
export const browserConnectivity: Connectivity = {
	isOnline,
	async whenOnline(signal) {
		signal.throwIfAborted();
		if (isOnline()) return;
		await wait<Event>(signal, (resolve) => {
			addEventListener('online', resolve);
			return () => removeEventListener('online', resolve);
		});
	},
};
