import { resultOf } from './complete.js';
import { planUpload } from './plan.js';
import type { ObjectReceipt } from './ports.js';
import { isUnanswered } from './retry.js';
import { type Round, tellPart } from './round.js';
import type { UploadResult } from './run.js';
import { transfer } from './transfer.js';

/**
 * A file of one part goes out in one PutObject, with Content-MD5: it replaces an object at once, so OSS must not
 * accept wrong bytes even for a moment. There is nothing to resume, so nothing is written down.
 */
export async function putObject(round: Round): Promise<UploadResult> {
	const { run, target, remote } = round;
	const { size } = run.source;
	run.progress.begin(planUpload(size, Math.max(size, 1)), { bytes: 0, parts: 0 });
	run.emit('phase', 'uploading');
	const { receipt, digest } = await transfer<ObjectReceipt>(round, {
		operation: 'PutObject',
		range: { partNumber: 1, start: 0, end: size },
		withMd5: target.settings.verify !== 'none',
		send: async (bytes, checksum, onSent, signal) => {
			try {
				return await remote.put(bytes, checksum?.md5, onSent, signal);
			} catch (error) {
				// It may have arrived without its answer coming back: then the object tells.
				const found = isUnanswered(error) ? await remote.head(signal).catch(() => undefined) : undefined;
				if (found?.crc64 === undefined || found.size !== size || found.crc64 !== checksum?.crc64) throw error;
				return found;
			}
		},
	});
	run.progress.stored(1, size, false);
	tellPart(run, { partNumber: 1, size }, 'stored');
	return resultOf(round, receipt, digest?.crc64, digest !== undefined);
}
