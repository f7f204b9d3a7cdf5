import { ServiceError } from '../../base/errors.js';
import type { Digest, ObjectReceipt } from '../model.js';
import { remedyFor } from '../schedule/retry.js';
import { resultOf, tellStored } from './complete.js';
import { localDigest } from './local-digest.js';
import { confirmed, type Expected, findAfterRefusal, warnOfLostCallback } from './outcome.js';
import { planUpload } from './plan.js';
import { digesting, notBefore, type Round, tellPart, thisMoment } from './round.js';
import type { UploadResult } from './run.js';
import { transfer } from './transfer.js';

/**
 * A file of one part goes out in one PutObject, with Content-MD5: it replaces an object at once, so OSS must not
 * accept wrong bytes even for a moment. There is nothing to resume, so nothing is written down. One whose answer is
 * lost is sent again: only so it is certain that its settings were applied too.
 */
export async function putObject(round: Round): Promise<UploadResult> {
	const { run, target, remote } = round;
	const { memory } = run;
	const { size } = run.source;
	run.progress.begin(planUpload(size, Math.max(size, 1)), { bytes: 0, partNumbers: [] });
	run.emit('phase', 'uploading');
	let puts = memory.firstPut === undefined ? 0 : 1;
	const expected = (crc64?: string): Expected => ({
		size,
		crc64,
		notBefore: notBefore(round, memory.firstPut ?? thisMoment(round)),
	});
	const sent = transfer<ObjectReceipt>(round, {
		operation: 'PutObject',
		range: { partNumber: 1, start: 0, end: size },
		withMd5: target.settings.verify !== 'none',
		send: async (bytes, checksum, onSent, signal) => {
			memory.firstPut ??= thisMoment(round);
			const before = puts;
			puts++;
			const answer = await remote.put(bytes, checksum?.md5, onSent, signal).catch((error: unknown) => {
				// Refused for its time or token it made nothing.
				if (remedyFor(error) === 'renew') puts = before;
				throw error;
			});
			// What CRC64 it has is compared with the file's by the transfer, whoever tells it.
			return confirmed(round, answer, expected, signal);
		},
	});
	const { receipt, digest } = await sent.catch((error) => findPut(round, error, expected, puts > 1));
	tellStored(run);
	run.progress.stored(1, size, false);
	tellPart(run, { partNumber: 1, size }, 'stored');
	const isVerified = digest?.md5 !== undefined && receipt.etag === `"${digest.md5}"`;
	return resultOf(round, receipt, digest?.crc64, isVerified);
}

/** `forbidOverwrite` refuses our own object too, when the answer to the request that made it was lost. */
async function findPut(
	round: Round,
	error: unknown,
	expected: (crc64?: string) => Expected,
	isRepeated: boolean,
): Promise<{ readonly receipt: ObjectReceipt; readonly digest: Digest | undefined }> {
	if (!(error instanceof ServiceError) || error.ossCode !== 'FileAlreadyExists') throw error;
	const { run } = round;
	const whole = { start: 0, end: run.source.size };
	// Also with `verify: 'none'`: whose object it is shows best in its bytes.
	const digest = await localDigest(digesting(round), whole, true, run.signal);
	const receipt = await findAfterRefusal(round, () => expected(digest.crc64), error, isRepeated);
	warnOfLostCallback(round);
	return { receipt, digest };
}
