import { UploadError } from '../errors.js';
import type { PartRange } from './plan.js';
import type { Bytes, Digest, Operation, SentListener } from './ports.js';
import { type Round, tellPart, tellProgress } from './round.js';

export interface Transfer<T> {
	readonly operation: Operation;
	readonly range: PartRange;
	/** Whether OSS is to check the bytes by Content-MD5 before it stores them: they are hashed first then. */
	readonly withMd5: boolean;
	readonly send: (
		bytes: Bytes,
		digest: Digest | undefined,
		onSent: SentListener,
		signal: AbortSignal,
	) => Promise<T>;
}

/**
 * Sends bytes of the file until OSS holds them as they are here. The checksum is computed beside the transfer; when
 * OSS contradicts it, the bytes are read again: a local value that changed means the file did.
 */
export async function transfer<T extends { readonly crc64: string | undefined }>(
	{ run, target, requests }: Round,
	{ operation, range, withMd5, send }: Transfer<T>,
): Promise<{ readonly receipt: T; readonly digest: Digest | undefined }> {
	const { partNumber, start, end } = range;
	const bytes = run.source.slice(start, end);
	const part = { partNumber, size: end - start };
	const fail = () => {
		run.progress.failed(partNumber);
		tellPart(run, part, 'failed');
	};
	const onSent = (sentBytes: number) => {
		run.progress.sending(partNumber, sentBytes);
		tellProgress(run);
	};

	let local: Promise<Digest> | undefined;
	const hash = (hashed: Bytes = bytes): Promise<Digest> => {
		if (local === undefined) {
			local = run.world.hasher.digest(hashed, { md5: withMd5 }, run.signal);
			// The transfer may fail first: then nobody awaits this.
			local.catch(() => {});
		}
		return local;
	};
	const hashAgain = async (): Promise<void> => {
		const before = await hash();
		local = undefined;
		// By itself: what reads the file part by part may have opened it long ago.
		if ((await hash(bytes.slice())).crc64 !== before.crc64) throw fileChanged();
	};
	const verifies = target.settings.verify !== 'none';

	const receipt = await requests.run({
		operation,
		range,
		send: async (signal) => {
			tellPart(run, part, 'sending');
			const digest = verifies ? hash() : undefined;
			try {
				return await send(bytes, withMd5 ? await digest : undefined, onSent, signal);
			} catch (error) {
				fail();
				if (error instanceof UploadError && error.ossCode === 'InvalidDigest') await hashAgain();
				throw error;
			}
		},
		check: async ({ crc64 }) => {
			if (!verifies || crc64 === undefined || crc64 === (await hash()).crc64) return;
			fail();
			await hashAgain();
			throw new UploadError('ChecksumMismatch', `OSS stored part ${partNumber} with another CRC64`, {
				retryable: true,
				partNumber,
			});
		},
	});
	return { receipt, digest: verifies ? await hash() : undefined };
}

export function fileChanged(): UploadError {
	return new UploadError('FileChanged', 'The file was changed: pick it again');
}
