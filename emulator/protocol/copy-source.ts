import type { ObjectStore, StoredObject } from '../store/object-store.js';
import { invalidArgument, noSuchKey, OssError } from './oss-error.js';
import type { Headers } from './signature-v4.js';

/** The object that is to be copied. */
export interface CopySource {
	readonly bucket: string;
	readonly key: string;
}

const HEADER = 'x-oss-copy-source';

/**
 * `/bucket/key`, percent-encoded; undefined where nothing is to be copied.
 *
 * @throws OssError InvalidArgument
 */
export function parseCopySource(headers: Headers): CopySource | undefined {
	const value = headers[HEADER];
	if (value === undefined) return undefined;
	const [path = '', version] = value.split('?');
	if (version !== undefined) throw invalidArgument('Versions are not part of this emulator.', HEADER, value);
	const [, bucket, key] = /^\/([^/]+)\/(.+)$/s.exec(decode(path) ?? '') ?? [];
	if (bucket === undefined || key === undefined) {
		throw invalidArgument('The copy source must be /bucket/object, percent-encoded.', HEADER, value);
	}
	return { bucket, key };
}

function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

/** @throws OssError where it is not there, or not as the `x-oss-copy-source-if-*` headers want it */
export function requireSource(source: CopySource, headers: Headers, objects: ObjectStore): StoredObject {
	const object = objects.find(source.bucket, source.key);
	if (!object) throw noSuchKey(source.key);
	const modified = Math.floor(object.lastModified / 1000) * 1000;
	const since = (name: string): number => Date.parse(headers[`${HEADER}-if-${name}`] ?? '');
	const match = headers[`${HEADER}-if-match`];
	const noneMatch = headers[`${HEADER}-if-none-match`];
	if ((match !== undefined && !isEtag(match, object)) || modified > since('unmodified-since')) {
		throw new OssError(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold.');
	}
	if ((noneMatch !== undefined && isEtag(noneMatch, object)) || modified <= since('modified-since')) {
		throw new OssError(304, 'NotModified', 'Not Modified');
	}
	return object;
}

const isEtag = (text: string, { etag }: StoredObject): boolean =>
	text.replaceAll('"', '').toUpperCase() === etag.replaceAll('"', '');
