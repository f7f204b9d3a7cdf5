import { UploadError } from '../base/errors.js';
import type { Operation, PartReceipt } from '../core/model.js';
import type { TransportResponse } from '../core/ports.js';
import { readError } from './error-document.js';
import { answerType } from './media-type.js';
import type { Authorized } from './signing/contract.js';

/*
 * A 200 is no proof: a service worker's offline page, a captive portal or a web server behind a CNAME answers so too.
 * What counts is the status that the operation has, its shape, and a sign of who wrote it. What is read here throws a
 * `SyntaxError` that says what is wrong, and repeats nothing of the answer.
 */

/** What came back to an operation. */
export interface Answer {
	readonly response: TransportResponse;
	readonly operation: Operation;
	/** OSS was to call a server: that one's JSON then stands in place of OSS's own words. */
	readonly hasCallback: boolean;
}

/** What HEADs are judged by when they are refused: they have no body to give the reason, or to show who refuses. */
export interface Heads {
	/** A request id has been read of some answer: where CORS does not hide it, OSS's refusals have one too. */
	haveIds?: boolean;
	/**
	 * Refusals without one that were not believed. A CORS rule may be for HEAD alone, and hide what others show: after
	 * some they are believed. Minus infinity once a HEAD has shown one.
	 */
	doubts: number;
	/** One was refused without a reason. Whichever begins to be signed from now on has a newer token: refused too, it is a policy. */
	areRefused: boolean;
	/** One token signs for all objects, so that a new one is new for all of them. */
	readonly shareToken: boolean;
}

/** A request is tried at least once more than this. */
const MAX_DOUBTS = 5;

/** Whether it is to be believed that OSS refuses a HEAD, though nothing shows it. */
export const areHidden = (heads: Heads): boolean => !heads.haveIds || ++heads.doubts > MAX_DOUBTS;

/** As OSS writes it: the MD5 of a body, or after Complete a digest with the number of parts. */
const OSS_ETAG = /^"[\dA-F]{32}(-\d+)?"$/i;
/** MD5 of nothing, which web servers give an empty answer of their own. */
const ETAG_OF_NOTHING = /^"d41d8cd98f00b204e9800998ecf8427e"$/i;
/** OSS may answer 200 before it is done, and an error then. A callback server has to answer JSON, so this is not its own. */
const ERROR_BODY = /^\s*(<\?[^>]*>\s*)?<Error\b/;

/** OSS says no, or somebody in its place. 203 is no error: the object is stored, its callback failed. */
export const isErrorAnswer = ({ status, text }: TransportResponse): boolean =>
	status >= 300 || (status !== 203 && ERROR_BODY.test(text));

/** Throws for a success that OSS does not answer to this operation. */
export function expectStatus(answer: Answer): void {
	const { status } = answer.response;
	const expected = answer.operation === 'AbortMultipartUpload' ? 204 : 200;
	if (status !== expected && !isFailedCallback(answer))
		throw new SyntaxError(`OSS answers ${expected} to it`);
}

/** The object is stored, but OSS could not reach the callback server, or not understand it. */
export const isFailedCallback = ({ response, hasCallback }: Answer): boolean =>
	hasCallback && response.status === 203 && readError(response).code === 'CallbackFailed';

/** Throws where OSS would have sent no body. */
export function expectEmpty({ text }: TransportResponse): void {
	if (text !== '') throw new SyntaxError('OSS sends no body there');
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
	const { etag = '', crc64 } = checksums(response);
	const isItsEtag = etag !== '' && !ETAG_OF_NOTHING.test(etag);
	return isItsEtag || crc64 !== undefined || Boolean(response.header('x-oss-request-id'));
}

/** Whether the answer itself shows that OSS wrote it: by a header, or by the document that explains its refusal. */
export const isOfOss = (response: TransportResponse): boolean =>
	isEvident(response) || (isErrorAnswer(response) && readError(response).code !== undefined);

/** Whether OSS is to call a server, by the headers or the query that were really sent: a signing server may add them. */
export function carriesCallback({ url, headers }: Pick<Authorized, 'url' | 'headers'>): boolean {
	// Looked at closely only where the word is there at all.
	const inUrl = /callback/i.test(url) ? [...new URL(url).searchParams.keys()] : [];
	return [...Object.keys(headers), ...inUrl].some((name) => /^(x-oss-)?callback$/i.test(name));
}

/** The callback server's answer, which OSS passes on only when it is JSON. */
export function readCallback({ text }: TransportResponse): string {
	try {
		JSON.parse(text);
	} catch {
		// Its own message would quote the text.
		throw new SyntaxError('OSS passes nothing on from a callback but JSON');
	}
	return text;
}

/** Something between us and OSS wrote it, or cut it short: the next one may be whole. */
export function badAnswer(
	response: TransportResponse,
	{ operation, partNumber }: { readonly operation: Operation; readonly partNumber?: number | undefined },
	cause: SyntaxError,
): UploadError {
	const { status, text } = response;
	const got = `${answerType(response)} (${text.length} characters)`;
	return new UploadError(
		'Service',
		`${operation} got ${got}, which is no answer of OSS: ${cause.message}. Look for what answers in its place: a service worker, a captive portal, a proxy, or a wrong \`endpoint\``,
		{
			retryable: true,
			status,
			requestId: response.header('x-oss-request-id'),
			partNumber,
			cause,
		},
	);
}
