import { afterEach, describe, expect, test, vi } from 'vitest';
import { bytesOf, isAccepted, limitsOf, refusalOf } from '../../src/element/limits.js';
import { english } from '../../src/element/words/english.js';
import { Words } from '../../src/element/words/words.js';

const words = new Words('en', english);
const file = new File(['12345'], 'Film.MOV', { type: 'video/quicktime' });
afterEach(() => {
	vi.restoreAllMocks();
});

const none = { accept: '', maxFiles: undefined, maxFileSize: undefined };

test.each([
	['', true],
	['.mov', true],
	['.mp4, .MOV', true],
	['video/*', true],
	['video/quicktime', true],
	['*/*', true],
	['.mp4', false],
	['image/*', false],
	['video/mp4,image/*', false],
	['mov', false],
])('accept=%j takes a film: %s', (accept, isTaken) => {
	expect(isAccepted(file, accept)).toBe(isTaken);
});

test.each([
	['1000', 1000],
	['64 MB', 64 * 1024 ** 2],
	['1.5gb', 1.5 * 1024 ** 3],
	['1 TB', 1024 ** 4],
	['64 MiB', 64 * 1024 ** 2],
	['0', 0],
	['', Number.NaN],
	['many', Number.NaN],
	['-1', Number.NaN],
	['64M', Number.NaN],
	['1,5 GB', Number.NaN],
])('a size of %j', (text, bytes) => {
	expect(bytesOf(text)).toBe(bytes);
});

test.each([
	['video/*', true],
	['image/*', true],
	['.mkv', true],
	['video/mp4', false],
	['.mp4', false],
])('accept=%j takes a film of whose ending the browser knows no type: %s', (accept, isTaken) => {
	expect(isAccepted({ name: 'film.mkv', type: '' }, accept)).toBe(isTaken);
});

test.each([
	['audio/webm', true],
	['audio/webm;codecs=opus', true],
	['image/png, Audio/WebM ; codecs="opus"', true],
	// At its comma a list of an input is cut, whatever stands around it.
	['audio/webm;codecs=vp8,opus', true],
	['audio/*', true],
	['*/*;q=0.8', true],
	['audio/ogg', false],
	['audio/ogg;codecs=opus', false],
])('accept=%j takes a recording, whose type has parameters: %s', (accept, isTaken) => {
	expect(isAccepted({ name: 'voice', type: 'audio/webm;codecs=opus' }, accept)).toBe(isTaken);
	expect(isAccepted({ name: 'voice', type: 'audio/webm ; codecs=opus' }, accept)).toBe(isTaken);
});

describe('a file is refused', () => {
	test('not without a limit', () => {
		expect(refusalOf(file, none, () => 10_000)).toBeUndefined();
	});

	test('for its kind, its size, its number', () => {
		expect(refusalOf(file, { ...none, accept: '.png' }, () => 0)?.(words)).toMatch(/kind of file/);
		expect(refusalOf(file, { ...none, maxFileSize: 5 }, () => 0)).toBeUndefined();
		expect(refusalOf(file, { ...none, maxFileSize: 4 }, () => 0)?.(words)).toBe('It is larger than 4 bytes.');
		expect(refusalOf(file, { ...none, maxFiles: 3 }, () => 2)).toBeUndefined();
		expect(refusalOf(file, { ...none, maxFiles: 3 }, () => 3)?.(words)).toBe(
			'No more than 3 files are taken here.',
		);
	});
});

describe('the limits of an element', () => {
	const elementWith = (attributes: Readonly<Record<string, string>>) =>
		({
			getAttribute: (name: string) => attributes[name] ?? null,
			hasAttribute: (name: string) => name in attributes,
		}) as Element;

	test('are those of its attributes; without `multiple` it takes one file', () => {
		const attributes = { accept: '.mov', 'max-files': '3', 'max-file-size': '1 KB' };
		expect(limitsOf(elementWith(attributes))).toEqual({ accept: '.mov', maxFiles: 1, maxFileSize: 1024 });
		expect(limitsOf(elementWith({ ...attributes, multiple: '' })).maxFiles).toBe(3);
		expect(limitsOf(elementWith({ multiple: '' }))).toEqual(none);
	});

	test.each([
		['max-file-size', '1,5 GB'],
		['max-files', 'many'],
	])('are none where %s="%s", which the console says once', (name, text) => {
		const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
		const element = elementWith({ multiple: '', [name]: text });
		for (let times = 0; times < 3; times++) expect(limitsOf(element)).toEqual(none);
		expect(warned.mock.calls).toEqual([[`oss-resumable-upload: ${name}="${text}" is no limit.`]]);
	});
});
