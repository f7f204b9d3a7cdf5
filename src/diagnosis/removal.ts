import { systemClock } from '../browser/clock.js';
import { loadSha256 } from '../browser/sha256.js';
import type { Operation } from '../core/model.js';
import { signByProvider, signWithCredentials } from '../oss/signing/authorize.js';
import type { Credentials } from '../oss/signing/credentials.js';
import type { Subject } from './subject.js';
import type { Wire } from './wire.js';

/** No upload deletes an object: a signing server may well refuse it. */
const DELETE_OBJECT = 'DeleteObject' as Operation;

/** Deletes the object that was put here. What was answered, if it was not deleted. */
export async function removeObject(
	options: Subject,
	wire: Wire,
	credentials: Credentials | undefined,
	key: string,
	signal: AbortSignal,
): Promise<string | undefined> {
	const world = { ...options, endpoint: wire.endpoint, clock: systemClock, loadSha256 };
	const kept = credentials && {
		get: async () => credentials,
		reject: () => {},
		forget: () => {},
		close: () => {},
	};
	const serverNow = () => Date.now() + wire.skewMs();
	const authorize = kept
		? signWithCredentials({ ...world, credentials: kept, serverNow })
		: signByProvider(world);
	const method = 'DELETE';
	try {
		const request = { operation: DELETE_OBJECT, method, key, query: {}, headers: {} };
		const { url, headers } = await authorize(request, signal);
		const { status } = await wire.transport.send({ method, url, headers, signal });
		return status === 204 ? undefined : `DeleteObject: ${wire.seen(method)}`;
	} catch {
		signal.throwIfAborted();
		return 'DeleteObject: no answer';
	}
}
