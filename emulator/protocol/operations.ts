import type { Uploads } from '../store/multipart.js';
import type { ObjectStore, StoredObject } from '../store/object-store.js';
import type { SegmentFiles } from '../store/segment.js';
import { queryValue } from './address.js';
import type { ReceivedRequest } from './authentication.js';
import type { ServerClock } from './clock.js';
import type { CopySource } from './copy-source.js';
import type { Exchange, Reply } from './exchange.js';
import { fileAlreadyExists, invalidArgument, noSuchKey } from './oss-error.js';
import type { OssOperation } from './router.js';

/** Everything that is stored. */
export interface Storage {
	readonly objects: ObjectStore;
	readonly uploads: Uploads;
	readonly segments: SegmentFiles;
	readonly clock: ServerClock;
}

/** A request for one operation, authenticated and allowed. */
export interface OperationRequest extends ReceivedRequest {
	readonly operation: OssOperation;
	readonly bucket: string;
	/** `''` for an operation on the bucket. */
	readonly key: string;
	/** The object's address as the client wrote the host. */
	readonly location: string;
	/** What is to be copied, which the sender may read; of the copying operations only. */
	readonly source: CopySource | undefined;
}

export type Handler = (exchange: Exchange, request: OperationRequest, storage: Storage) => Promise<Reply>;

/** An unsigned integer of the query, or its default. */
export function integerParameter(
	{ query }: OperationRequest,
	name: string,
	{ min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
	const text = queryValue(query, name);
	if (text === undefined || text === '') return fallback;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < min || value > max) {
		throw invalidArgument(`Argument ${name} must be an integer between ${min} and ${max}.`, name, text);
	}
	return value;
}

export const requireObject = ({ bucket, key }: OperationRequest, { objects }: Storage): StoredObject => {
	const object = objects.find(bucket, key);
	if (!object) throw noSuchKey(key);
	return object;
};

/** `x-oss-forbid-overwrite: true` */
export function assertMayOverwrite({ bucket, key, headers }: OperationRequest, { objects }: Storage): void {
	if (headers['x-oss-forbid-overwrite'] === 'true' && objects.find(bucket, key)) throw fileAlreadyExists();
}
