import { ServiceError } from '../../base/errors.js';
import type { Digest, ObjectReceipt } from '../model.js';
import { exhausted, remedyFor } from '../schedule/retry.js';
import { destinationOf } from './claim.js';
import { resultOf } from './complete.js';
import { localDigest } from './local-digest.js';
import { confirmed, type Expected, findAfterRefusal, warnOfLostCallback } from './outcome.js';
import { planUpload } from './plan.js';
import { beginRound, digesting, notBefore, type Round, tellPart, thisMoment } from './round.js';
import type { Destination, Run, UploadResult } from './run.js';
import { skipped } from './skipped.js';
import { tellStored } from './tell-stored.js';
import { transfer } from './transfer.js';

/** A file of one part: nothing of it is looked up, locked or written down. */
export async function putSmall(run: Run): Promise<UploadResult> {
	run.memory.destination ??= await destinationOf(run);
	try {
		const round = beginRound(run, run.memory.destination);
		return (await skipped(round)) ?? (await putObject(round));
	} catch (error) {
		throw exhausted(error);
	}
}

/**
 * The file in one PutObject. There is nothing to resume, so nothing is written down. One whose answer is lost is sent
 * again: only so it is certain that its settings were applied too.
 */
export async function putObject(round: Round<Destination>): Promise<UploadResult> {
	const { run } = round;
	const { size } = run.source;
	run.progress.begin(planUpload(size, Math.max(size, 1)), { bytes: 0, partNumbers: [] });
	const put = new Put(round);
	const { receipt, digest } = await put.send().catch((error: unknown) => put.find(error));
	tellStored(run);
	run.progress.stored(1, size, false);
	tellPart(run, { partNumber: 1, size }, 'stored');
	const isVerified = digest?.md5 !== undefined && receipt.etag === `"${digest.md5}"`;
	return resultOf(round, receipt, digest?.crc64, isVerified);
}

interface Stored {
	readonly receipt: ObjectReceipt;
	readonly digest: Digest | undefined;
}

/** One object that is put, as often as it takes. */
class Put {
	readonly #round: Round<Destination>;
	/** How many may have made the object. */
	#count: number;

	constructor(round: Round<Destination>) {
		this.#round = round;
		this.#count = round.run.memory.firstPut === undefined ? 0 : 1;
	}

	send(): Promise<Stored> {
		const { run, target, remote } = this.#round;
		return transfer<ObjectReceipt>(this.#round, {
			operation: 'PutObject',
			range: { partNumber: 1, start: 0, end: run.source.size },
			withMd5: target.settings.verify === 'md5',
			send: async (bytes, checksum, onSent, signal) => {
				run.emit('phase', 'uploading');
				run.memory.firstPut ??= thisMoment(this.#round);
				const before = this.#count;
				this.#count++;
				const answer = await remote.put(bytes, checksum?.md5, onSent, signal).catch((error: unknown) => {
					// Refused for its time or token it made nothing.
					if (remedyFor(error) === 'renew') this.#count = before;
					throw error;
				});
				// What CRC64 it has is compared with the file's by the transfer, whoever tells it.
				return confirmed(this.#round, answer, () => this.#expected(), signal);
			},
		});
	}

	/** `forbidOverwrite` refuses our own object too, when the answer to the request that made it was lost. */
	async find(error: unknown): Promise<Stored> {
		if (!(error instanceof ServiceError) || error.ossCode !== 'FileAlreadyExists') throw error;
		const { run } = this.#round;
		const { wrongObject } = run.memory;
		if (wrongObject) throw error.as('ChecksumMismatch', wrongObject);
		const whole = { start: 0, end: run.source.size };
		// Also with `verify: 'none'`: whose object it is shows best in its bytes.
		const digest = await localDigest(digesting(this.#round), whole, true, run.signal);
		const expected = () => this.#expected(digest.crc64);
		const receipt = await findAfterRefusal(this.#round, expected, error, this.#count > 1);
		warnOfLostCallback(this.#round);
		return { receipt, digest };
	}

	#expected(crc64?: string): Expected {
		const { run } = this.#round;
		const firstPut = run.memory.firstPut ?? thisMoment(this.#round);
		return { size: run.source.size, crc64, notBefore: notBefore(this.#round, firstPut) };
	}
}
