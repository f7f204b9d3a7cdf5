import { resultOf } from './complete.js';
import { findAfterRefusal } from './outcome.js';
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
	const { memory } = run;
	const { size } = run.source;
	const plan = planUpload(size, Math.max(size, 1));
	run.progress.begin(plan, { bytes: 0, parts: 0 });
	run.emit('phase', 'uploading');
	const sent = transfer<ObjectReceipt>(round, {
		operation: 'PutObject',
		range: { partNumber: 1, start: 0, end: size },
		withMd5: target.settings.verify !== 'none',
		send: async (bytes, checksum, onSent, signal) => {
			memory.puts++;
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
	const { receipt, digest } = await sent.catch(async (error) => {
		const found = await findAfterRefusal(round, { plan, stored: new Map() }, error, memory.puts > 1);
		// It was found by its checksum, which is that of the local bytes.
		return { receipt: found, digest: { crc64: found.crc64 } };
	});
	run.progress.stored(1, size, false);
	tellPart(run, { partNumber: 1, size }, 'stored');
	return resultOf(round, receipt, digest?.crc64, digest !== undefined);
}
