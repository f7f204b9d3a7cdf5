import { UploadError } from '../../base/errors.js';
import type { ObjectInfo } from '../model.js';
import { resultOf } from './complete.js';
import { Content } from './content.js';
import { headObject } from './outcome.js';
import type { Round } from './round.js';
import type { Destination, UploadResult } from './run.js';
import { tellStored } from './tell-stored.js';

/**
 * The object that lies at the key already, when it has the file's size and CRC64: then nothing has to be sent. Undefined
 * where it is another, where none is there, and where it cannot be seen: a file that is sent once too often is right.
 */
async function findSame(round: Round<Destination>): Promise<ObjectInfo | undefined> {
	const { run } = round;
	const { source } = run;
	const content = new Content(round, { partNumber: 1, start: 0, end: source.size }, false);
	// What is small is hashed while OSS is asked: of a file that is not there it costs little.
	if (content.isReadOnce) content.digest().catch(() => {});
	const info = await headObject(round).catch((error: unknown) => {
		// Where nobody signs, nothing can be sent either. All else may be about the HEAD alone.
		if (!(error instanceof UploadError) || error.code === 'Credentials') throw error;
		return undefined;
	});
	if (info?.size !== source.size || info.crc64 === undefined) return undefined;
	run.emit('phase', 'checking');
	const { crc64 } = await content.digest();
	return crc64 === info.crc64 ? info : undefined;
}

/** The end of an upload that was none: the object was there, and is the file. */
export async function skipSame(round: Round<Destination>): Promise<UploadResult | undefined> {
	const same = await findSame(round);
	if (same === undefined) return undefined;
	tellStored(round.run);
	return { ...(await resultOf(round, same, same.crc64, false)), skipped: true };
}
