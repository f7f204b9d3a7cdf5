import type { UploadResult } from '../index.js';
import type { UploadItem } from './upload-item.js';

/** What a form remembers of a stored file, as it gives it back when the page is gone back to. */
export interface StoredFile {
	readonly name: string;
	readonly result: UploadResult;
}

export const storedOf = (items: readonly UploadItem[]): StoredFile[] =>
	items.flatMap(({ name, state, result }) => (state === 'done' && result ? [{ name, result }] : []));

/** One entry a stored key; `null` where there is none, or no name for it. */
export function entriesOf(stored: readonly StoredFile[], name: string | null): FormData | null {
	if (!name || stored.length === 0) return null;
	const data = new FormData();
	for (const { result } of stored) data.append(name, result.key);
	return data;
}

/** Only what `entriesOf` once was given: a browser may hand in anything. */
export function storedFrom(state: unknown): StoredFile[] {
	if (typeof state !== 'string') return [];
	try {
		const found: unknown = JSON.parse(state);
		return Array.isArray(found) ? found.filter(isStored) : [];
	} catch {
		return [];
	}
}

function isStored(value: unknown): value is StoredFile {
	const { name, result }: Partial<StoredFile> = Object(value);
	return typeof name === 'string' && typeof Object(result).key === 'string';
}
