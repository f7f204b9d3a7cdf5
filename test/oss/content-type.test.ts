import { expect, test } from 'vitest';
import { contentTypeOf } from '../../src/oss/content-type.js';

test.each([
	['a.ts', 'video/MP2T'],
	['dir.zip/a.MP4', 'video/mp4'],
	['a.tar.gz', 'application/gzip'],
	['a.jpg', 'image/jpeg'],
	['a.jpeg', 'image/jpeg'],
	['a.css', 'text/css'],
	['a.txt', 'text/plain'],
	['a.wasm', 'application/wasm'],
	['a.json', 'application/json'],
	['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	['a.7z', 'application/x-7z-compressed'],
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
