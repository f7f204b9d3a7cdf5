import type { ListedPart, ListPartsPage } from '../core/model.js';
import { childText, escapeXml, type XmlElement } from './xml.js';

const MAX_PART_NUMBER = 10_000;
/** Bytes. */
const MAX_PART_SIZE = 5 * 2 ** 30;

/*
 * Each reader takes the whole document and throws a `SyntaxError` that names what is missing or wrong: an answer is
 * believed completely or not at all.
 */

/** InitiateMultipartUploadResult */
export function readUploadId(root: XmlElement): string {
	return text(expectName(root, 'InitiateMultipartUploadResult'), 'UploadId');
}

/** ListPartsResult; only the key is affected by `encoding-type=url`, and it is not read. */
export function readPartsPage(root: XmlElement, partNumberMarker: number): ListPartsPage {
	const isTruncated = text(expectName(root, 'ListPartsResult'), 'IsTruncated', /^(true|false)$/);
	return {
		parts: root.children.filter(({ name }) => name === 'Part').map(readPart),
		nextPartNumberMarker:
			isTruncated === 'true'
				? // A marker that stands still would list the same page for ever.
					integer(root, 'NextPartNumberMarker', partNumberMarker + 1, MAX_PART_NUMBER)
				: undefined,
	};
}

function readPart(part: XmlElement): ListedPart {
	return {
		partNumber: integer(part, 'PartNumber', 1, MAX_PART_NUMBER),
		size: integer(part, 'Size', 0, MAX_PART_SIZE),
		etag: text(part, 'ETag'),
		crc64: text(part, 'HashCrc64ecma', /^(\d{1,20})?$/) || undefined,
		lastModified: Date.parse(text(part, 'LastModified', /^/)) || undefined,
	};
}

/** CompleteMultipartUploadResult */
export function readEtag(root: XmlElement): string {
	return text(expectName(root, 'CompleteMultipartUploadResult'), 'ETag');
}

/** Body of CompleteMultipartUpload; `parts` in ascending order. */
export function completeBody(
	parts: readonly { readonly partNumber: number; readonly etag: string }[],
): string {
	const elements = parts.map(
		({ partNumber, etag }) =>
			`<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
	);
	return `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`;
}

function expectName(root: XmlElement, name: string): XmlElement {
	if (root.name !== name) throw unexpected(name);
	return root;
}

/** By default anything but `''`. */
function text(element: XmlElement, name: string, form = /./s): string {
	const value = childText(element, name) ?? '';
	if (!form.test(value)) throw unexpected(name);
	return value;
}

function integer(element: XmlElement, name: string, min: number, max: number): number {
	const value = Number(text(element, name, /^\d+$/));
	if (value < min || value > max) throw unexpected(name);
	return value;
}

const unexpected = (name: string): SyntaxError => new SyntaxError(`no valid ${name}`);
