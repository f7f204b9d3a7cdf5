import { lazy } from '../../base/lazy.js';
import type { UploadItem } from '../upload-item.js';
import type { Details } from './details.js';

const loadChunk = lazy(() => import('./details.js'));

let Loaded: typeof Details | undefined;
let isPrepared = false;

/** Rejects as `lazy`; whoever asks next tries it again. */
export async function loadDetails(): Promise<void> {
	({ Details: Loaded } = await loadChunk());
}

/**
 * What only some want to know of a file is loaded when there is one, so that it is there when somebody asks, offline too. Once:
 * each of a thousand rows would ask the app's server again.
 */
export function prepareDetails(): void {
	if (isPrepared) return;
	isPrepared = true;
	loadDetails().catch(() => {});
}

/** Undefined until they are loaded. */
export const detailsOf = (item: UploadItem, schedule: () => void): Details | undefined =>
	Loaded && new Loaded(item, schedule);
