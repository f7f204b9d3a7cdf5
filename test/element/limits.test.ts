import { describe, expect, test } from 'vitest';
import { bytesOf, isAccepted, refusalOf } from '../../src/element/limits.js';
import { english } from '../../src/element/words/english.js';
import { Words } from '../../src/element/words/words.js';

const words = new Words('en', english);
const file = new File(['12345'], 'Film.MOV', { type: 'video/quicktime' });
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
	['0', 0],
	['', undefined],
	['many', undefined],
	['-1', undefined],
	[null, undefined],
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
