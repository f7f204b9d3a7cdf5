import { expect, integer, kindOf } from './base/expect.js';

/** By a property that gives away what was passed instead, the more telling ones first. */
const WAYS: readonly (readonly [property: string, way: string])[] = [
	['then', 'await it first'],
	['charAt', 'a page can read no path: pass one File, such as input.files[0]'],
	['dataTransfer', 'pass one File, such as event.dataTransfer.files[0]'],
	['target', 'pass one File, such as event.target.files[0]'],
	['length', 'pass one File, such as input.files[0], and call upload() for each'],
	// Of an item of a drop, and of a folder's handle.
	['kind', 'pass the file itself, or the handle of one file'],
];

/** Not instanceof, as below. */
export const isFileHandle = (value: unknown): value is FileSystemFileHandle =>
	typeof Object(value).getFile === 'function';

/** `maxSize` in bytes. */
export function expectBlob(blob: Blob | FileSystemFileHandle, maxSize: number): void {
	// How large it is, is looked at when it is opened.
	if (isFileHandle(blob)) return;
	// Not instanceof: a File of another frame is as good.
	const { slice }: Partial<Blob> = Object(blob);
	// A true one is not asked: the page would wait for another process, of each of a thousand files.
	const isFile = kindOf(blob) === 'File';
	const isBlob = typeof slice === 'function' && (isFile || typeof blob.size === 'number');
	if (!isBlob) expect(false, 'blob', 'a File, a Blob or the handle of a file', blob, wayToBlob(Object(blob)));
	if (!isFile) integer(0, maxSize, 'split the file')('blob.size', blob.size);
}

function wayToBlob(value: object): string {
	const [, way] = WAYS.find(([property]) => property in value) ?? [];
	return way ?? 'pass one File, such as input.files[0]';
}
