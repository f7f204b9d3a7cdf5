import { afterEach, expect, test, vi } from 'vitest';
import { guessContentType } from '../../src/oss/content-type.js';

const guess = (key: string, name = '', blobType = '') => guessContentType({ blobType, key, name });

afterEach(() => {
	vi.doUnmock('../../src/oss/content-types.js');
	vi.resetModules();
});

test.each([
	['a.ts', 'video/MP2T'],
	['dir.zip/a.MP4', 'video/mp4'],
	['a.jpg', 'image/jpeg'],
	['a.jpeg', 'image/jpeg'],
	['a.svg', 'image/svg+xml'],
	['a.avif', 'image/avif'],
	['a.HEIC', 'image/heic'],
	['a.psd', 'image/vnd.adobe.photoshop'],
	['a.mov', 'video/quicktime'],
	['a.webm', 'video/webm'],
	['a.mkv', 'video/x-matroska'],
	['a.m4a', 'audio/mp4'],
	['a.mp3', 'audio/mpeg'],
	['a.flac', 'audio/flac'],
	['a.js', 'text/javascript'],
	['a.mjs', 'text/javascript'],
	['a.css', 'text/css'],
	['a.csv', 'text/csv'],
	['a.md', 'text/markdown'],
	['a.txt', 'text/plain'],
	['a.json', 'application/json'],
	['a.wasm', 'application/wasm'],
	['a.apk', 'application/vnd.android.package-archive'],
	['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	['a.7z', 'application/x-7z-compressed'],
	['a.tar.gz', 'application/gzip'],
	['a.woff2', 'font/woff2'],
])('the type of %s goes by its extension: %s [C9]', async (key, type) => {
	expect(await guess(key)).toBe(type);
});

test.each([
	'a',
	'a.',
	'',
	'a.unknown',
	'a.constructor',
	'a.__proto__',
	'a.toString',
	'a.hasownproperty',
	'zip',
	'a.zip/b',
	'a.plain',
	'a.m',
	'a.测',
	'a.mp4 ',
])('the type of %j is not known [C4] [C9]', async (key) => {
	expect(await guess(key)).toBe('application/octet-stream');
	expect(await guess(key, key)).toBe('application/octet-stream');
});

test.each([
	["the Blob's own type", 'a.png', 'a.jpg', 'image/x-own', 'image/x-own'],
	["the key's extension", 'a.png', 'a.jpg', '', 'image/png'],
	["the name's, where the key has none", 'films/5f3a', 'a.jpg', '', 'image/jpeg'],
	["the name's, where the key's is unknown", 'a.part', 'a.jpg', '', 'image/jpeg'],
])('first comes %s [C9]', async (_, key, name, blobType, type) => {
	expect(await guess(key, name, blobType)).toBe(type);
});

test('the table is loaded where it can tell something, and only there [C9]', async () => {
	vi.resetModules();
	let loads = 0;
	vi.doMock('../../src/oss/content-types.js', () => {
		loads++;
		return { CONTENT_TYPES: new Map([['png', 'image/png']]) };
	});
	const fresh = await import('../../src/oss/content-type.js');
	await fresh.guessContentType({ blobType: 'image/x-own', key: 'a.png', name: 'a.png' });
	await fresh.guessContentType({ blobType: '', key: 'a', name: '' });
	expect(loads).toBe(0);
	expect(await fresh.guessContentType({ blobType: '', key: 'a.png', name: '' })).toBe('image/png');
	expect(loads).toBe(1);
});

test('a table that does not come stops no upload [C9]', async () => {
	vi.resetModules();
	vi.doMock('../../src/oss/content-types.js', () => {
		throw new TypeError('Failed to fetch dynamically imported module');
	});
	const fresh = await import('../../src/oss/content-type.js');
	expect(await fresh.guessContentType({ blobType: '', key: 'a.png', name: '' })).toBe(
		'application/octet-stream',
	);
});
