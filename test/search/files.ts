import { createHash } from 'node:crypto';
import type { Edit } from './schedule.js';

/** One state of the file that is uploaded. */
export interface FileVersion {
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Hexadecimal. */
	readonly sha256: string;
	/** Name and time are those of every version. */
	readonly file: File;
}

export function versionOf(bytes: Uint8Array<ArrayBuffer>): FileVersion {
	return {
		bytes,
		sha256: createHash('sha256').update(bytes).digest('hex'),
		file: new File([bytes], 'file.bin', { lastModified: 5 }),
	};
}

export function edited(version: FileVersion, edit: Edit | undefined): FileVersion {
	if (edit === undefined) return version;
	const { bytes } = version;
	const isGrown = edit.type === 'grow' || bytes.length === 0;
	const changed = new Uint8Array(bytes.length + (isGrown ? 1 : 0));
	changed.set(bytes);
	const at = isGrown ? bytes.length : edit.type === 'flip' ? edit.at % bytes.length : 0;
	changed[at] = (changed[at] ?? 0) ^ 0x55;
	return versionOf(changed);
}
