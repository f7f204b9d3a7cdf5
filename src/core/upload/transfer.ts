import { abortable, scoped } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Digest, Operation } from '../model.js';
import type { SentListener, Slice } from '../ports.js';
import { localDigest } from './local-digest.js';
import type { PartRange } from './plan.js';
import { digesting, type Round, tellPart, tellProgress } from './round.js';
import type { Destination } from './run.js';

export interface Transfer<T> {
	readonly operation: Operation;
	readonly range: PartRange;
	/** Whether OSS is to check the bytes by Content-MD5 before it stores them: they are hashed first then. */
	readonly withMd5: boolean;
	readonly send: (
		bytes: Blob,
		digest: Digest | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	) => Promise<T>;
}

/** What OSS answered; a header that CORS hides is undefined. */
interface Receipt {
	readonly crc64: string | undefined;
}

/**
 * Sends bytes of the file until OSS holds them as they are here. The checksum is computed beside the transfer; when
 * OSS contradicts it, the bytes are read again: a local value that changed means the file did.
 */
export async function transfer<T extends Receipt>(
	round: Round<Destination>,
	plan: Transfer<T>,
): Promise<{ readonly receipt: T; readonly digest: Digest | undefined }> {
	const digest =
		round.target.settings.verify === 'none' ? undefined : new BytesDigest(round, plan.range, plan.withMd5);
	const receipt = await round.requests.run({
		operation: plan.operation,
		range: plan.range,
		send: (signal) => sendOnce(round, plan, digest, signal),
		check: (answer) => compare(round, plan.range, digest, answer),
	});
	return { receipt, digest: await digest?.value() };
}

/** One attempt; it ends at once when the bytes cannot be hashed, since nobody could tell what was sent. */
async function sendOnce<T>(
	{ run, requests }: Round<Destination>,
	{ range: { partNumber, start, end }, withMd5, send }: Transfer<T>,
	digest: BytesDigest | undefined,
	signal: AbortSignal,
): Promise<T> {
	const part = { partNumber, size: end - start };
	tellPart(run, part, 'sending');
	try {
		return await scoped(signal, async (scope) => {
			const onSent = (sentBytes: number) => {
				// A transport may tell of it late: the part may be stored by then, or on its way again.
				if (scope.signal.aborted) return;
				requests.moved(partNumber, sentBytes);
				run.progress.sending(partNumber, sentBytes);
				tellProgress(run);
			};
			digest?.value().catch((error: unknown) => scope.abort(error));
			const checksum = withMd5 ? await digest?.value() : undefined;
			const { blob } = run.source.slice(start, end);
			return await abortable(scope.signal, send(blob, checksum, onSent, scope.signal));
		});
	} catch (error) {
		tellFailed(run, part);
		if (error instanceof UploadError && error.ossCode === 'InvalidDigest') await digest?.assertUnchanged();
		throw error;
	}
}

async function compare(
	{ run }: Round<Destination>,
	{ partNumber, start, end }: PartRange,
	digest: BytesDigest | undefined,
	{ crc64 }: Receipt,
): Promise<void> {
	if (digest === undefined || crc64 === undefined || crc64 === (await digest.value()).crc64) return;
	tellFailed(run, { partNumber, size: end - start });
	await digest.assertUnchanged();
	throw new UploadError(
		'ChecksumMismatch',
		`OSS stored part ${partNumber} with another CRC64 than the file's. The part is sent again; if it stays so, look for what changes bytes on the way (a proxy, a virus scanner)`,
		{ retryable: true, partNumber },
	);
}

/** A pause or the end of a task is no failure of its parts. */
function tellFailed(run: Round['run'], part: { readonly partNumber: number; readonly size: number }): void {
	run.progress.failed(part.partNumber);
	if (!run.signal.aborted) tellPart(run, part, 'failed');
}

/** The checksum of a range of the file, read once for all attempts, and once more when OSS contradicts it. */
class BytesDigest {
	readonly #round: Round<Destination>;
	readonly #range: PartRange;
	readonly #md5: boolean;
	#latest: Promise<Digest> | undefined;

	constructor(round: Round<Destination>, range: PartRange, md5: boolean) {
		this.#round = round;
		this.#range = range;
		this.#md5 = md5;
	}

	value(): Promise<Digest> {
		if (this.#latest === undefined) {
			const reading = this.#read();
			this.#latest = reading;
			// Nothing is kept of a failure, and when the transfer fails first, nobody awaits this.
			reading.catch(() => {
				if (this.#latest === reading) this.#latest = undefined;
			});
		}
		return this.#latest;
	}

	/** @throws FileChanged when the file now holds other bytes than when they were hashed */
	async assertUnchanged(): Promise<void> {
		const before = await this.value();
		const { start, end } = this.#range;
		const { blob } = this.#round.run.source.slice(start, end);
		// As a file of its own: what reads the file part by part may have opened it long ago.
		this.#latest = this.#read({ blob, file: blob, start: 0 });
		if ((await this.#latest).crc64 !== before.crc64) throw fileChanged();
	}

	#read(slice?: Slice): Promise<Digest> {
		return localDigest(digesting(this.#round), this.#range, this.#md5, this.#round.run.signal, slice);
	}
}

export function fileChanged(): UploadError {
	return new UploadError('FileChanged', 'The file was changed while it was sent: pick it again');
}
