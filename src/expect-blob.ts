import { expect, expectInteger } from './expect.js';

/** Not instanceof: a File of another frame is as good. */
const isBlob = (value: unknown): value is Blob =>
	typeof value === 'object' &&
	value !== null &&
	typeof Reflect.get(value, 'slice') === 'function' &&
	typeof Reflect.get(value, 'size') === 'number';

/** `maxSize` in bytes. What people pass instead is told by name, with the way from there to the File. */
export function expectBlob(blob: unknown, maxSize: number): asserts blob is Blob {
	const isMet = isBlob(blob);
	expect(isMet, 'blob', 'a File or Blob', blob, isMet ? '' : wayToBlob(blob));
	if (isMet)
		expectInteger('blob.size', blob.size, 0, maxSize, '', 'OSS takes no larger object, split the file');
}

function wayToBlob(value: unknown): string {
	if (value === undefined || value === null)
		return 'pass a File, such as input.files[0], once one has been chosen';
	if (typeof value === 'string')
		return 'a page can read no path or address: pass a File, such as input.files[0], or new Blob([text])';
	if (typeof value !== 'object') return 'pass a File, such as input.files[0]';
	for (const [name, way] of WAYS) if (Reflect.get(value, name) != null) return way;
	// What the upload fields of UI libraries hand over wraps the File: `raw`, `originFileObj` and the like.
	const wrapped = ['value', 'current', ...Object.keys(value)].find((name) =>
		isBlob(Reflect.get(value, name)),
	);
	return wrapped ? `pass its \`${wrapped}\`` : 'pass a File, such as input.files[0], or new Blob([content])';
}

/** By a property that gives away what it is, the more telling ones first. */
const WAYS: readonly (readonly [string, string])[] = [
	['byteLength', 'pass new Blob([bytes])'],
	['then', 'await it first'],
	['getFile', 'pass await handle.getFile()'],
	['getReader', 'pass await new Response(stream).blob()'],
	['arrayBuffer', 'pass await response.blob()'],
	['dataTransfer', 'pass one File, such as event.dataTransfer.files[0]'],
	['clipboardData', 'pass one File, such as event.clipboardData.files[0]'],
	['files', 'pass one of its files, such as input.files[0]'],
	['length', 'pass one File, such as input.files[0], and call upload() for each'],
	['target', 'pass one File, such as event.target.files[0]'],
];
