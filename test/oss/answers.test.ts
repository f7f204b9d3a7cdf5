import { describe, expect, test } from 'vitest';
import { completeBody, readEtag, readPartsPage, readUploadId } from '../../src/oss/answers.js';
import { parseXml } from '../../src/oss/xml.js';

const listed = (part: string, more = '<IsTruncated>false</IsTruncated>') =>
	readPartsPage(parseXml(`<ListPartsResult>${more}${part}</ListPartsResult>`), 0);
const part = (partNumber: unknown, size: unknown, etag = '"E"', crc64 = '') =>
	`<Part><PartNumber>${partNumber}</PartNumber><Size>${size}</Size><ETag>${etag}</ETag>${crc64}</Part>`;

test('an upload id is what it says', () => {
	const xml = '<InitiateMultipartUploadResult><UploadId>0004B999</UploadId></InitiateMultipartUploadResult>';
	expect(readUploadId(parseXml(xml))).toBe('0004B999');
});

test.each([
	['<InitiateMultipartUploadResult><UploadId></UploadId></InitiateMultipartUploadResult>'],
	['<InitiateMultipartUploadResult/>'],
	['<html><UploadId>1</UploadId></html>'],
])('no upload id is in %s', (xml) => {
	expect(() => readUploadId(parseXml(xml))).toThrow(/^no valid (UploadId|InitiateMultipartUploadResult)$/);
});

test('parts are listed with their size, etag and checksum', () => {
	const page = listed(
		part(1, 0) +
			part(10_000, 5 * 2 ** 30, '&quot;F&quot;', '<HashCrc64ecma>18446744073709551615</HashCrc64ecma>'),
	);
	expect(page).toEqual({
		parts: [
			{ partNumber: 1, size: 0, etag: '"E"', crc64: undefined },
			{ partNumber: 10_000, size: 5_368_709_120, etag: '"F"', crc64: '18446744073709551615' },
		],
		nextPartNumberMarker: undefined,
	});
});

test('a truncated list says where the next page starts', () => {
	const more = '<IsTruncated>true</IsTruncated><NextPartNumberMarker>1000</NextPartNumberMarker>';
	expect(listed('', more).nextPartNumberMarker).toBe(1000);
});

describe('a list of parts is refused with', () => {
	test.each([
		['a negative size', part(1, -1), /Size/],
		['a fractional size', part(1, 1.5), /Size/],
		['a size beyond OSS', part(1, 5 * 2 ** 30 + 1), /Size/],
		['a size in hex', part(1, '0x10'), /Size/],
		['no size', part(1, ''), /Size/],
		['a part 0', part(0, 1), /PartNumber/],
		['a part 10001', part(10_001, 1), /PartNumber/],
		['a part that is no number', part('NaN', 1), /PartNumber/],
		['an empty etag', part(1, 1, ''), /ETag/],
		['a checksum in hex', part(1, 1, '"E"', '<HashCrc64ecma>995dc9bb</HashCrc64ecma>'), /HashCrc64ecma/],
	])('%s', (_, xml, message) => {
		expect(() => listed(xml)).toThrow(message);
	});

	test.each([
		['no word on whether it is all', ''],
		['an unknown word on it', '<IsTruncated>TRUE</IsTruncated>'],
		['no next marker', '<IsTruncated>true</IsTruncated>'],
		[
			'a marker that stands still',
			'<IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker>',
		],
	])('%s', (_, more) => {
		expect(() => listed('', more)).toThrow(/^no valid (IsTruncated|NextPartNumberMarker)$/);
	});
});

test('the body of Complete names the parts in order, their etags escaped', () => {
	expect(
		completeBody([
			{ partNumber: 1, etag: '"A"' },
			{ partNumber: 3, etag: '<&>' },
		]),
	).toBe(
		'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"A"</ETag></Part>' +
			'<Part><PartNumber>3</PartNumber><ETag>&lt;&amp;&gt;</ETag></Part></CompleteMultipartUpload>',
	);
});

test("the finished object's etag is as OSS writes it", () => {
	const xml = '<CompleteMultipartUploadResult><ETag>"A-2"</ETag></CompleteMultipartUploadResult>';
	expect(readEtag(parseXml(xml))).toBe('"A-2"');
});
