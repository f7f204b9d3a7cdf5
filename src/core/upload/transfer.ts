import { abortable, scoped } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Digest, Operation } from '../model.js';
import type { Body, SentListener } from '../ports.js';
import { HINT, PROOF, REFUSED, STRONG_HINT } from './bodies.js';
import { Content } from './content.js';
import type { PartRange } from './plan.js';
import { type Round, tellPart, tellProgress } from './round.js';
import type { Destination } from './run.js';

export interface Transfer<T> {
	readonly operation: Operation;
	readonly range: PartRange;
	/** Whether OSS is to check the bytes by Content-MD5 before it stores them: they are hashed first then. */
	readonly withMd5: boolean;
	readonly send: (
		bytes: Body,
		digest: Digest | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	) => Promise<T>;
}

/** What OSS answered; a header that CORS hides is undefined. */
interface Receipt {
	readonly etag: string | undefined;
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
	const content = new Content(round, plan.range, plan.withMd5);
	const isHashed = round.target.settings.verify !== 'none';
	const receipt = await round.requests.run({
		operation: plan.operation,
		range: plan.range,
		send: (signal) => sendOnce(round, plan, content, signal),
		check: async (answer) => {
			if (content.isEmptied(answer)) {
				content.doubtDisk(PROOF);
				throw mismatch(round, plan);
			}
			if (isHashed) await compare(round, plan, content, answer);
			content.arrived();
		},
	});
	return { receipt, digest: isHashed ? await content.digest() : undefined };
}

/** One attempt; it ends at once when the bytes cannot be hashed, since nobody could tell what was sent. */
async function sendOnce<T>(
	{ run, requests, target }: Round<Destination>,
	{ range: { partNumber, start, end }, withMd5, send }: Transfer<T>,
	content: Content,
	signal: AbortSignal,
): Promise<T> {
	const part = { partNumber, size: end - start };
	const { signs } = requests;
	let hasMoved = false;
	tellPart(run, part, 'sending');
	try {
		return await scoped(signal, async (scope) => {
			const onSent = (sentBytes: number) => {
				// A transport may tell of it late: the part may be stored by then, or on its way again.
				if (scope.signal.aborted) return;
				hasMoved ||= sentBytes > 0;
				requests.moved(partNumber, sentBytes);
				run.progress.sending(partNumber, sentBytes);
				tellProgress(run);
			};
			const fail = (error: unknown) => scope.abort(error);
			if (target.settings.verify !== 'none') content.digest().catch(fail);
			content.watch(scope.signal, () => hasMoved, fail).catch(fail);
			const checksum = withMd5 ? await content.digest() : undefined;
			return await content.lend(scope.signal, (body) => {
				scope.signal.throwIfAborted();
				return abortable(scope.signal, send(body, checksum, onSent, scope.signal));
			});
		});
	} catch (error) {
		tellFailed(run, part);
		// Others were answered meanwhile: it is not the line.
		if (!hasMoved && isTimeout(error)) content.doubtDisk(requests.signs > signs ? STRONG_HINT : HINT);
		if (!(error instanceof UploadError && error.ossCode === 'InvalidDigest')) throw error;
		await content.assertUnchanged();
		content.doubtDisk(REFUSED);
		throw error;
	}
}

const isTimeout = (error: unknown) => error instanceof UploadError && error.code === 'Timeout';

type Sent = Pick<Transfer<unknown>, 'operation' | 'range'>;

async function compare(
	round: Round<Destination>,
	sent: Sent,
	content: Content,
	{ crc64 }: Receipt,
): Promise<void> {
	if (crc64 === undefined || crc64 === (await content.digest()).crc64) return;
	const error = mismatch(round, sent);
	await content.assertUnchanged();
	throw error;
}

function mismatch({ run, target }: Round<Destination>, { operation, range }: Sent): UploadError {
	const { partNumber, start, end } = range;
	tellFailed(run, { partNumber, size: end - start });
	const isWhole = operation === 'PutObject';
	const what = isWhole
		? `The object that now lies at "${target.key}" is not the file: its CRC64 differs. Upload the file again to replace it, without \`forbidOverwrite\``
		: `OSS stored part ${partNumber} with another CRC64 than the file's. The part is sent again`;
	const message = `${what}; if it stays so, look for what changes bytes on the way (a proxy, a virus scanner)`;
	if (isWhole) run.memory.wrongObject = message;
	return new UploadError('ChecksumMismatch', message, { retryable: true, ...(!isWhole && { partNumber }) });
}

/** A pause or the end of a task is no failure of its parts. */
function tellFailed(run: Round['run'], part: { readonly partNumber: number; readonly size: number }): void {
	run.progress.failed(part.partNumber);
	if (!run.signal.aborted) tellPart(run, part, 'failed');
}
