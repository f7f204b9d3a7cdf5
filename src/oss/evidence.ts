import type { Operation, PartReceipt, TransportResponse } from '../core/ports.js';
import { UploadError } from '../errors.js';
import { readError } from './service-error.js';
import { parseXml, type XmlElement } from './xml.js';

/*
 * A 200 is no proof: a service worker's offline page, a captive portal or a web server behind a CNAME answers so too.
 * What counts is the status that the operation has, its shape, and a sign of who wrote it.
 */

/** As OSS writes it: the MD5 of a body, or after Complete a digest with the number of parts. */
const OSS_ETAG = /^"[\dA-F]{32}(-\d+)?"$/i;
/** OSS may answer 200 before it is done, and an error then. A callback server has to answer JSON, so this is not its own. */
const ERROR_BODY = /^\s*(<\?[^>]*>\s*)?<Error\b/;

/** OSS says no, or somebody in its place. 203 is no error: the object is stored, its callback failed. */
export const isErrorAnswer = ({ status, text }: TransportResponse): boolean =>
	status >= 300 || (status !== 203 && ERROR_BODY.test(text));

/** @throws {UploadError} for a success that OSS does not answer to this operation */
export function expectStatus(response: TransportResponse, operation: Operation, hasCallback: boolean): void {
	const { status } = response;
	const isFailedCallback = status === 203 && hasCallback && readError(response).code !== undefined;
	const expected = operation === 'AbortMultipartUpload' ? 204 : 200;
	if (status !== expected && !isFailedCallback)
		throw badAnswer(response, 'another status than OSS has for it');
}

/** @throws {UploadError} where OSS would have sent no body */
export function expectEmpty(response: TransportResponse): void {
	if (response.text !== '') throw badAnswer(response, 'a body where OSS sends none');
}

/** Headers as OSS has them; one of another form is somebody else's, and counts as hidden. */
export const checksums = (response: TransportResponse): PartReceipt => {
	const etag = response.header('etag') ?? '';
	const crc64 = response.header('x-oss-hash-crc64ecma') ?? '';
	return {
		etag: OSS_ETAG.test(etag) ? etag : undefined,
		crc64: /^\d{1,20}$/.test(crc64) ? crc64 : undefined,
	};
};

/** Whether a header shows that OSS wrote the answer. CORS may hide them all. */
export function isEvident(response: TransportResponse): boolean {
	const { etag, crc64 } = checksums(response);
	return etag !== undefined || crc64 !== undefined || Boolean(response.header('x-oss-request-id'));
}

/** Whether OSS is to call a server, by the headers or the query that were really sent: a signing server may add them. */
export function carriesCallback({
	url,
	headers,
}: {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
}): boolean {
	const { searchParams } = new URL(url);
	const names = [...Object.keys(headers), ...searchParams.keys()].map((name) => name.toLowerCase());
	return names.includes('x-oss-callback') || names.includes('callback');
}

/** The callback server's answer, which OSS passes on only when it is JSON. */
export function readCallback(response: TransportResponse): string {
	try {
		JSON.parse(response.text);
		return response.text;
	} catch {
		throw badAnswer(response, 'no JSON, which is all that OSS passes on from a callback');
	}
}

export function readAnswer<T>(response: TransportResponse, read: (root: XmlElement) => T): T {
	try {
		return read(parseXml(response.text));
	} catch (cause) {
		throw badAnswer(response, cause);
	}
}

/** Something between us and OSS cut it short or wrote its own: the next one may be whole. */
export function badAnswer(response: TransportResponse, cause: unknown): UploadError {
	const { status, text } = response;
	const type = response.header('content-type') ?? 'no content type';
	const why = cause instanceof Error ? cause.message : String(cause);
	return new UploadError(
		'Service',
		`The answer ${status} (${type}, ${text.length} characters) is none that OSS gives: ${why}. Look for what answers in its place: a service worker, a proxy, a captive portal`,
		{ retryable: true, status, requestId: response.header('x-oss-request-id'), cause },
	);
}
