import type { UploadItem } from '../upload-item.js';
import type { Details } from './details.js';

let Loaded: typeof Details | undefined;

/** What only some want to know of a file is loaded when there is one, so that it is there when somebody asks, offline too. */
export async function loadDetails(then: () => void): Promise<void> {
	if (Loaded) return;
	try {
		({ Details: Loaded } = await import('./details.js'));
		then();
	} catch {
		// The next row tries it again, and whoever asks for them.
	}
}

/** Undefined until they are loaded. */
export const detailsOf = (item: UploadItem, schedule: () => void): Details | undefined =>
	Loaded && new Loaded(item, schedule);
