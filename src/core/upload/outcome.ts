import { ServiceError, UploadError } from '../../base/errors.js';
import type { ObjectInfo, ObjectReceipt } from '../model.js';
import { isUnanswered, remedyFor } from '../schedule/retry.js';
import { combineCrc64 } from './crc64.js';
import type { OpenUpload } from './open-upload.js';
import type { Round } from './round.js';
import type { Destination } from './run.js';

/** CRC64 of the whole file from its parts' local ones; undefined when one of them was not computed. */
export function wholeCrc64({ plan, stored }: Pick<OpenUpload, 'plan' | 'stored'>): string | undefined {
	const ranges: { crc64: string; size: number }[] = [];
	for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
		const part = stored.get(partNumber);
		if (part?.crc64 === undefined) return undefined;
		ranges.push({ crc64: part.crc64, size: part.size });
	}
	return combineCrc64(ranges);
}

/** What the object must be to be the one that we sent. */
export interface Expected {
	/** Bytes. */
	readonly size: number;
	/** Of the file; undefined where nothing was hashed. */
	readonly crc64: string | undefined;
	/** When our first request for it was sent, by OSS's clock: an older object is somebody else's, whatever it holds. */
	readonly notBefore: number;
}

/** Of an upload whose parts are known to be those of the file. */
export const expectedOf = (upload: OpenUpload): Expected => ({
	size: upload.plan.size,
	crc64: wholeCrc64(upload),
	notBefore: upload.notBefore,
});

/** Equal bytes are not enough: an object of the same bytes may have lain there before, with another type and ACL. */
export function isOurs(info: ObjectInfo, expected: Expected): boolean {
	const { size, crc64 } = expected;
	if (info.size !== size) return false;
	if (info.crc64 !== undefined && crc64 !== undefined && info.crc64 !== crc64) return false;
	return isYoung(info, expected);
}

/** It was written since our first request went out. */
const isYoung = ({ lastModified }: ObjectInfo, { notBefore }: Expected): boolean =>
	// It counts whole seconds.
	lastModified !== undefined && lastModified >= Math.floor(notBefore / 1000) * 1000;

/**
 * After a request that was to finish the object was refused: the object, when an earlier one had finished it and its
 * answer was lost (the browser itself may have sent it twice, whatever we believe); else rejects with the refusal.
 *
 * `expected` is asked for afterwards: what is answered may teach OSS's clock.
 *
 * @throws UploadGone when OSS does not let us look: a second upload over a finished object must not happen unnoticed
 */
export async function findAfterRefusal(
	round: Round<Destination>,
	expected: () => Expected,
	error: unknown,
	isRepeated: boolean,
): Promise<ObjectInfo> {
	const ossCode = error instanceof ServiceError ? error.ossCode : undefined;
	if (ossCode !== 'NoSuchUpload' && ossCode !== 'FileAlreadyExists') throw error;
	const info = await headObject(round).catch((refusal: unknown) => {
		if (!isFinalRefusal(refusal)) throw refusal;
		// What OSS said is all there is to say, unless an earlier request of ours may have made that object.
		if (ossCode === 'FileAlreadyExists' && !isRepeated) throw error;
		throw refusal.as(
			'UploadGone',
			'OSS no longer has this upload. The object may be finished, but asking for it (HEAD, oss:GetObject) is refused: look at the bucket, or allow oss:GetObject',
		);
	});
	if (info === undefined || !isOurs(info, expected())) throw error;
	return info;
}

const isFinalRefusal = (error: unknown): error is ServiceError =>
	error instanceof ServiceError && remedyFor(error) !== 'retry' && remedyFor(error) !== 'renew';

/** The object as it lies there, asked for with patience. */
export function headObject({ remote, requests }: Round<Destination>): Promise<ObjectInfo | undefined> {
	return requests.run({ operation: 'HeadObject', send: (signal) => remote.head(signal) });
}

/**
 * The answer to a request that was to finish the object, when something in it shows that OSS wrote it; else what HEAD
 * says of the object. Within the request's own attempt: without an object the request is sent again.
 *
 * @throws Cors when HEAD is refused too, by OSS or by the CORS rule: then nothing shows that anything is stored
 */
export async function confirmed(
	{ remote, requests, run }: Pick<Round, 'remote' | 'requests' | 'run'>,
	answer: ObjectReceipt,
	expected: () => Expected,
	signal: AbortSignal,
): Promise<ObjectReceipt> {
	if (answer.isEvident) return answer;
	const info = await remote
		.head(signal)
		// Refused, it does not say why: with a new token it is asked again by itself, and the request is not repeated.
		.catch((refusal: unknown) => {
			if (remedyFor(refusal) !== 'renew') throw refusal;
			return remote.head(signal);
		})
		.catch(async (refusal: unknown) => {
			if (isFinalRefusal(refusal)) throw refusal.as('Cors', HIDDEN);
			// A browser tells of a rule without HEAD as of a lost connection.
			const lacking = isUnanswered(refusal) && (await requests.lacking('HeadObject'));
			throw typeof lacking === 'string' ? new UploadError('Cors', HIDDEN, { cause: refusal }) : refusal;
		});
	const wanted = expected();
	// Our request made it, and its body did not arrive.
	if (info?.size === 0 && wanted.size > 0 && isYoung(info, wanted)) run.world.bodies.prove();
	if (info === undefined || !isOurs(info, wanted)) throw notStored();
	return { ...info, ...(answer.callback !== undefined && { callback: answer.callback }) };
}

const HIDDEN =
	'The answer was empty and nothing in it could be read, so that nobody can tell whether OSS wrote it: add ETag, x-oss-request-id and x-oss-hash-crc64ecma to ExposeHeader of the CORS rule, or allow oss:GetObject';

/** Of parts that nobody can name to OSS. */
export const HIDDEN_ETAG =
	"The CORS rule hides ETag, and OSS does not let this token list the parts instead: add ETag to the rule's ExposeHeader, or allow oss:ListParts";

const notStored = (): UploadError =>
	new UploadError(
		'Service',
		'The upload was answered with success, but the object is not there: something between this page and OSS answers in its place. Look for a service worker, a proxy or a captive portal',
		{ retryable: true, status: 200 },
	);

/** The result's answer of a callback is lost when the object is found instead of answered. */
export function warnOfLostCallback({ run, remote }: Pick<Round, 'run' | 'remote'>): void {
	if (!remote.carriesCallback && !run.memory.carriedCallback) return;
	run.warnOnce(
		'CallbackUnknown',
		'The object is stored, but the answer of OSS was lost, and with it that of the callback: ask your own server whether it was called',
	);
}
