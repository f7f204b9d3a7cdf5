import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../src/base/errors.js';
import { objectHeaders } from '../../src/oss/headers.js';
import { failure } from './failure.js';
import { type Answer, errorXml } from './scripted-transport.js';
import {
	answered,
	completed,
	ETAG,
	initiated,
	listed,
	NAMES,
	OPERATIONS,
	type OperationName,
	ofOss,
	part,
	signal,
	speaking,
} from './speaking.js';

const callback = objectHeaders({ callback: { url: 'https://app.example.com', body: 'b' } });
const html = { 'content-type': 'text/html; charset=utf-8' };
const page = '<!doctype html><title>Offline</title>';
const xml = { initiated, listed: listed('U'), completed, error: '<Error/>' };

/** Those of OSS, where nothing is hidden. */
const RIGHT: Readonly<Record<OperationName, Answer>> = {
	InitiateMultipartUpload: { text: initiated, headers: ofOss },
	UploadPart: { headers: { ...ofOss, etag: ETAG } },
	ListParts: { text: listed('U'), headers: ofOss },
	CompleteMultipartUpload: { text: completed, headers: { ...ofOss, etag: ETAG } },
	AbortMultipartUpload: { status: 204, headers: ofOss },
	PutObject: { headers: { ...ofOss, etag: ETAG } },
	HeadObject: { headers: { ...ofOss, etag: ETAG, 'content-length': '10' } },
};

describe.each(NAMES)('%s [A1]', (name) => {
	const right = RIGHT[name];
	const bad: [string, Answer][] = [
		['a page, as of a service worker, a portal or a web server', { text: page, headers: html }],
		['JSON where no callback was asked for', { text: '{}', headers: { 'content-type': 'application/json' } }],
		['text', { text: 'OK' }],
		["a page that borrows OSS's headers", { text: page, headers: { ...ofOss, etag: ETAG } }],
		['<Error> that is none', { text: xml.error }],
		['201', { ...right, status: 201 }],
		['202', { ...right, status: 202 }],
		['203 without a callback', { status: 203, text: errorXml('CallbackFailed'), headers: ofOss }],
		['205', { ...right, status: 205 }],
		['206', { ...right, status: 206 }],
		['304', { status: 304 }],
		['300', { status: 300, headers: html, text: page }],
	];
	// The status of success that is another operation's.
	bad.push(
		name === 'AbortMultipartUpload' ? ['200', { headers: ofOss }] : ['204', { status: 204, headers: ofOss }],
	);
	// A HEAD has no body.
	const isHead = name === 'HeadObject';
	if (!isHead) {
		bad.push(['403 with a page', { status: 403, text: page, headers: html }]);
		bad.push(['404 with a page', { status: 404, text: page, headers: html }]);
		bad.push(['404 with nothing', { status: 404 }]);
		bad.push([
			'401 with XML of another kind',
			{ status: 401, text: '<Fault><Code>AccessDenied</Code></Fault>' },
		]);
		bad.push(['407 with half of a document', { status: 407, text: '<Error><Code>AccessDenied</Code>' }]);
		bad.push(['403 with a document that names no code', { status: 403, text: '<Error><Message/></Error>' }]);
	}
	test.each(bad)('answered with %s is sent again', async (_, answer) => {
		const error = await failure(answered(name, answer));
		const { status = 200 } = answer;
		expect(error).toMatchObject({ code: 'Service', retryable: true, status });
		expect(error).not.toBeInstanceOf(ServiceError);
		expect(error.requestId).toBe(answer.headers?.['x-oss-request-id']);
		expect(error.partNumber).toBe(name === 'UploadPart' ? 3 : undefined);
		const type = answer.headers?.['content-type']?.split(';')[0] ?? 'without a content type';
		expect(error.message).toMatch(`${name} got ${status} ${type} (`);
		expect(error.message).toMatch(/, which is no answer of OSS: .+\. Look for what answers in its place: /);
	});

	test('answered as OSS answers it is believed', async () => {
		await expect(answered(name, right)).resolves.not.toThrow();
	});

	test.each([500, 502, 503, 504, 429])(
		'refused with %i by anybody waits as long as it says',
		async (status) => {
			const answer = { status, text: page, headers: { ...html, 'retry-after': '7' } };
			const error = await failure(answered(name, answer));
			expect(error).toBeInstanceOf(ServiceError);
			expect(error).toMatchObject({ status, retryable: true, retryAfterMs: 7000, ossCode: undefined });
		},
	);

	test('refused by OSS in a document is not sent again, whatever is hidden', async () => {
		const error = await failure(answered(name, { status: 400, text: errorXml('InvalidArgument') }));
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({ ossCode: 'InvalidArgument', retryable: false });
	});

	test('refused by OSS, its document lost, is not sent again where a header shows it', async () => {
		const error = await failure(answered(name, { status: 400, headers: ofOss }));
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({ requestId: 'R', retryable: false });
	});
});

describe.each<[OperationName, string, readonly string[]]>([
	['InitiateMultipartUpload', initiated, [listed('U'), completed, '<InitiateMultipartUploadResult/>']],
	['ListParts', listed('U'), [initiated, completed, listed('V'), listed('')]],
	['CompleteMultipartUpload', completed, [initiated, listed('U'), '<CompleteMultipartUploadResult/>']],
])('%s shows by its own document who wrote it', (name, right, wrong) => {
	test('where every header is hidden', async () => {
		await expect(answered(name, { text: right })).resolves.not.toThrow();
	});
	test.each(['', right.slice(0, -9), ...wrong])('and not by: %s', async (text) => {
		const error = await failure(answered(name, { text, headers: ofOss }));
		expect(error).toMatchObject({ code: 'Service', retryable: true, status: 200, requestId: 'R' });
		expect(error).not.toBeInstanceOf(ServiceError);
	});
});

test('a finished object is evident by its document, where every header is hidden', async () => {
	expect(await answered('CompleteMultipartUpload', { text: completed })).toMatchObject({
		etag: ETAG,
		crc64: undefined,
		isEvident: true,
	});
});

test('a list of parts whose marker stands still is sent for again, and not for ever', async () => {
	const { transport, object } = speaking();
	const more = '<IsTruncated>true</IsTruncated><NextPartNumberMarker>5</NextPartNumberMarker>';
	transport.answer({ text: `<ListPartsResult>${more}</ListPartsResult>` });
	expect(await failure(object.listParts('U', 5, signal))).toMatchObject({ code: 'Service', retryable: true });
});

test('a Complete answered 200 with an error is that error, and sent again', async () => {
	for (const headers of [{}, callback]) {
		const error = await failure(
			answered('CompleteMultipartUpload', { text: errorXml('InternalError') }, headers),
		);
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({
			ossCode: 'InternalError',
			status: 200,
			retryable: true,
			requestId: 'R-XML',
		});
	}
});

describe('an empty 200', () => {
	const EMPTY = '"D41D8CD98F00B204E9800998ECF8427E"';
	test.each<[string, Record<string, string>, string | undefined, string | undefined, boolean]>([
		['of which nothing can be read', {}, undefined, undefined, false],
		['with an etag', { etag: ETAG }, ETAG, undefined, true],
		['with a checksum', { 'x-oss-hash-crc64ecma': '0' }, undefined, '0', true],
		['with a request id', { 'x-oss-request-id': 'R' }, undefined, undefined, true],
		['with a weak etag', { etag: `W/${ETAG}` }, undefined, undefined, false],
		['with an etag without quotes', { etag: ETAG.slice(1, -1) }, undefined, undefined, false],
		['with the etag of a web server', { etag: '"5f3e1c2a-1234"' }, undefined, undefined, false],
		['with an empty etag', { etag: '""' }, undefined, undefined, false],
		['with the etag that web servers give an empty answer', { etag: EMPTY }, EMPTY, undefined, false],
		['with the same in lower case', { etag: EMPTY.toLowerCase() }, EMPTY.toLowerCase(), undefined, false],
		['with a checksum in hex', { 'x-oss-hash-crc64ecma': '995dc9bb' }, undefined, undefined, false],
		['with an empty request id', { 'x-oss-request-id': '' }, undefined, undefined, false],
		['with a type of its own', html, undefined, undefined, false],
	])(
		'%s is a receipt, which says whether it shows who wrote it',
		async (_, headers, etag, crc64, isEvident) => {
			expect(await answered('UploadPart', { headers })).toEqual({ etag, crc64 });
			expect(await answered('PutObject', { headers })).toMatchObject({ etag, crc64, isEvident });
		},
	);

	test('to a HEAD has no length, and is sent for again', async () => {
		const error = await failure(answered('HeadObject', { headers: ofOss }));
		expect(error).toMatchObject({ code: 'Service', retryable: true });
	});
});

test('no secret is in an error, whatever answers', async () => {
	const secret = 'TOKEN1';
	const { transport, object } = speaking({}, callback);
	const answers: Answer[] = [
		{ status: 403, text: errorXml('SignatureDoesNotMatch', `<StringToSign>${secret}</StringToSign>`) },
		{ status: 502, text: secret },
		{ text: `<a>${secret}</b>` },
		{ text: secret, headers: { 'content-type': `text/html; boundary=${secret}` } },
		{ status: 404, text: secret },
		{ status: 204, text: secret },
	];
	for (const name of NAMES) {
		transport.answer(...answers);
		for (let count = 0; count < answers.length; count++) {
			const error = await OPERATIONS[name](object).catch((reason: unknown) => reason);
			expect(`${error} ${(error as Error)?.cause} ${JSON.stringify(error)}`).not.toMatch(/TOKEN|SECRET/);
		}
	}
});

test('nor is the query of a signed URL', async () => {
	const { transport, object } = speaking({
		getCredentials: undefined,
		signRequest: () => ({ url: 'https://signed.example.com/k?x-oss-signature=SECRET' }),
	});
	for (const answer of [{ text: page }, { status: 403 }, { status: 500 }]) {
		transport.answer(answer);
		const error = await failure(object.uploadPart(part, signal));
		expect(`${error.message} ${error.cause}`).not.toContain('SECRET');
	}
});
