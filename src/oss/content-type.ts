import { lazy } from '../base/lazy.js';

// A browser knows the type of nearly every File, so that few pages load the table.
const loadContentTypes = lazy(() => import('./content-types.js'));

const UNKNOWN = 'application/octet-stream';

export interface GuessedBy {
	/** `''` where the browser knows none. */
	readonly blobType: string;
	/** The final one, also where a function answered it. */
	readonly key: string;
	/** The file's name, `''` for a Blob. */
	readonly name: string;
}

/**
 * The Blob's own type, else by the key's extension, else by the file name's, else `application/octet-stream`. It never
 * rejects: an upload is worth more than its type.
 */
export async function guessContentType({ blobType, key, name }: GuessedBy): Promise<string> {
	if (blobType) return blobType;
	const extensions = [key, name].map(extensionOf).filter((extension) => extension !== undefined);
	if (extensions.length === 0) return UNKNOWN;
	try {
		const { CONTENT_TYPES } = await loadContentTypes();
		return extensions.map((each) => CONTENT_TYPES.get(each)).find((type) => type !== undefined) ?? UNKNOWN;
	} catch {
		return UNKNOWN;
	}
}

const extensionOf = (path: string): string | undefined => /\.([a-z\d]+)$/i.exec(path)?.[1]?.toLowerCase();
