import { expect, test } from 'vitest';
import { contentTypeOf } from '../../src/oss/content-type.js';

test.each([
	['a.ts', 'video/MP2T'],
	['dir.zip/a.MP4', 'video/mp4'],
	['a.jpg', 'image/jpeg'],
	['a.png', 'image/png'],
	['a.css', 'text/css'],
	['a.txt', 'text/plain'],
	['a.json', 'application/json'],
])('the type of %s goes by its extension: %s', (key, type) => {
	expect(contentTypeOf('', key)).toBe(type);
});

test.each(['a', 'a.', '', 'a.unknown', 'a.constructor', 'zip', 'a.zip/b', 'a.plain', 'a.m', 'a.测'])(
	'the type of %j is not known',
	(key) => {
		expect(contentTypeOf('', key)).toBe('application/octet-stream');
	},
);

test("the Blob's own type comes first", () => {
	expect(contentTypeOf('image/x-own', 'a.png')).toBe('image/x-own');
});
