import { describe, expect, test } from 'vitest';
import { RejectedSignerError, ServiceError } from '../../src/base/errors.js';
import type { Remote } from '../../src/core/ports.js';
import type { OssClient, OssClientOptions } from '../../src/oss/client.js';
import { failure } from './failure.js';
import { type Answer, errorXml } from './scripted-transport.js';
import { completed, ETAG, initiated, listed, part, parts, signal, speaking } from './speaking.js';

/** What OSS allows. */
const TOLERANCE_MS = 15 * 60_000;

/** `20260102T030405Z` in the form that dates are parsed in. */
const shownBy = (compact: string): string =>
	compact.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');

const requestId = { 'x-oss-request-id': 'R' };

/** Another one than that of `speaking`. */
const objectAt = (client: OssClient, key: string): Remote =>
	client.forObject(key, { headers: {}, guessedContentType: 'a/b', verify: 'none' });

describe('the time of OSS', () => {
	const signedAt = async ({ transport, object }: ReturnType<typeof speaking>) => {
		transport.answer({});
		await object.uploadPart(part, signal);
		return transport.last.headers['x-oss-date'];
	};
	const tooSkewed = (serverTime: string) => ({
		status: 403,
		text: errorXml('RequestTimeTooSkewed', `<ServerTime>${serverTime}</ServerTime>`),
	});

	test.each([
		['ahead', '2026-01-02T04:04:05.000Z', '20260102T040405Z'],
		['behind', '2026-01-02T02:04:05.000Z', '20260102T020405Z'],
	])('an hour %s is learned from RequestTimeTooSkewed, and known from then on', async (_, time, expected) => {
		const spoken = speaking();
		const { transport, object, client } = spoken;
		const { clock } = spoken;
		expect(object.serverTime(clock.now())).toBe(clock.now() - TOLERANCE_MS);
		transport.answer(tooSkewed(time));
		expect((await failure(object.uploadPart(part, signal))).ossCode).toBe('RequestTimeTooSkewed');
		expect(await signedAt(spoken)).toBe(expected);
		expect(object.serverTime(clock.now())).toBe(Date.parse(time));
		const other = objectAt(client, 'other');
		expect(other.serverTime(clock.now() - 1000)).toBe(Date.parse(time) - 1000);
	});

	test.each([
		['is learned where it is far off', 'Fri, 02 Jan 2026 03:14:05 GMT', '20260102T031405Z'],
		['is nothing to learn from within 30 s', 'Fri, 02 Jan 2026 03:04:30 GMT', '20260102T030405Z'],
		['is ignored when it is none', 'now', '20260102T030405Z'],
	])('in a Date that CORS shows %s', async (_, date, expected) => {
		const spoken = speaking();
		spoken.transport.answer({ headers: { date, ...requestId } });
		await spoken.object.uploadPart(part, signal);
		expect(await signedAt(spoken)).toBe(expected);
		// A Date may be a proxy's: what is believed since is right to OSS's tolerance, as the requests show that it takes.
		const believed = Date.parse(shownBy(expected));
		expect(spoken.object.serverTime(spoken.clock.now())).toBe(believed - TOLERANCE_MS);
	});

	test('is not learned from the Date of an answer that came late', async () => {
		const spoken = speaking();
		spoken.transport.answer(async () => {
			// The machine slept between sending and receiving.
			await spoken.clock.advance(3_600_000);
			return { headers: { date: 'Fri, 02 Jan 2026 03:04:06 GMT', ...requestId } };
		});
		await spoken.object.uploadPart(part, signal);
		expect(await signedAt(spoken)).toBe('20260102T040405Z');
	});

	const date = 'Fri, 02 Jan 2026 05:04:05 GMT';
	test.each<[string, Answer]>([
		["a service worker's page", { headers: { date, 'content-type': 'text/html' }, text: '<html></html>' }],
		["a proxy's 502", { status: 502, headers: { date } }],
		["a portal's 403", { status: 403, headers: { date, 'content-type': 'text/html' }, text: '<html>' }],
		['an empty 200 that shows nothing of OSS', { headers: { date } }],
		["a web server's empty 200", { headers: { date, etag: 'W/"5f3e-1"' } }],
		[
			'an error document without a code',
			{ status: 403, text: '<Error><ServerTime>2026-01-02T05:04:05.000Z</ServerTime></Error>' },
		],
		[
			'a document of another name',
			{ status: 502, text: '<E><Code>C</Code><ServerTime>2026-01-02T05:04:05.000Z</ServerTime></E>' },
		],
	])('is not learned from %s [A1]', async (_, answer) => {
		const spoken = speaking();
		spoken.transport.answer(answer);
		await spoken.object.uploadPart(part, signal).catch(() => {});
		expect(await signedAt(spoken)).toBe('20260102T030405Z');
		expect(spoken.object.serverTime(spoken.clock.now())).toBe(spoken.clock.now() - TOLERANCE_MS);
	});
});

describe('rejected credentials', () => {
	test.each([
		'SecurityTokenExpired',
		'InvalidSecurityToken',
		'InvalidAccessKeyId',
		'AccessKeyIdAndSecurityTokenNotMatch',
	])('%s has new ones asked for, once for five parts that failed together', async (code) => {
		const { transport, asked, object } = speaking();
		const answer = { status: 403, text: errorXml(code) };
		transport.answer(...Array(5).fill(answer), {}, {});
		const errors = await Promise.all(
			Array.from({ length: 5 }, () => failure(object.uploadPart(part, signal))),
		);
		expect(errors[0]).toBeInstanceOf(RejectedSignerError);
		expect(errors[0]).toMatchObject({ ossCode: code, partNumber: 3 });
		await Promise.all([object.uploadPart(part, signal), object.uploadPart(part, signal)]);
		expect(asked).toEqual(['initial', 'rejected']);
		expect(transport.last.headers['x-oss-security-token']).toBe('TOKEN2');
	});

	test.each(['AccessDenied', 'SignatureDoesNotMatch', 'NoSuchUpload', 'RequestTimeTooSkewed'])(
		'%s is not about the token',
		async (code) => {
			const { transport, asked, object } = speaking();
			transport.answer({ status: 403, text: errorXml(code) }, {});
			expect(await failure(object.uploadPart(part, signal))).not.toBeInstanceOf(RejectedSignerError);
			await object.uploadPart(part, signal);
			expect(asked).toEqual(['initial']);
		},
	);

	test('AccessDenied is about the token where OSS says that the signature has run out', async () => {
		const { transport, object } = speaking();
		const expired = errorXml('AccessDenied').replace('Why', 'Request has expired.');
		transport.answer({ status: 403, text: expired });
		expect(await failure(object.uploadPart(part, signal))).toBeInstanceOf(RejectedSignerError);
	});

	test('a HEAD refused without a reason counts as that once, until a HEAD succeeds', async () => {
		const { transport, asked, object } = speaking();
		const found = { headers: { 'content-length': '1' } };
		transport.answer({ status: 403 }, { status: 403 }, { status: 403 }, found, { status: 403 }, found);
		expect(await failure(object.head(signal))).toBeInstanceOf(RejectedSignerError);
		expect(await failure(object.head(signal))).toMatchObject({ constructor: ServiceError, status: 403 });
		expect(await failure(object.head(signal))).not.toBeInstanceOf(RejectedSignerError);
		await object.head(signal);
		expect(await failure(object.head(signal))).toBeInstanceOf(RejectedSignerError);
		await object.head(signal);
		expect(asked).toEqual(['initial', 'rejected', 'rejected']);
	});

	test('of any object: what lies at the next key is not worth another token', async () => {
		const { transport, asked, client, object } = speaking();
		const other = objectAt(client, 'other');
		transport.answer({ status: 403 }, { status: 403 }, { status: 403 });
		await failure(object.head(signal));
		expect(await failure(other.head(signal))).not.toBeInstanceOf(RejectedSignerError);
		await failure(object.head(signal));
		expect(asked).toEqual(['initial', 'rejected']);
	});

	test('of any object, where one that is let through elsewhere says nothing of it', async () => {
		const { transport, asked, client, object } = speaking();
		const open = objectAt(client, 'open');
		for (const lets of [{ status: 404 }, { headers: { 'content-length': '1' } }]) {
			transport.answer({ status: 403 }, lets, { status: 403 });
			await failure(object.head(signal));
			await open.head(signal);
			expect(await failure(object.head(signal))).not.toBeInstanceOf(RejectedSignerError);
		}
		expect(asked).toEqual(['initial', 'rejected']);
	});

	test('of this object alone where each has a token of its own, until a new one is refused too', async () => {
		const { transport, asked, client } = speaking({ credentialsFor: 'key' });
		const [first, second, third] = ['a', 'b', 'c'].map((key) => objectAt(client, key)) as [
			Remote,
			Remote,
			Remote,
		];
		transport.answer(...Array.from({ length: 4 }, () => ({ status: 403 })));
		expect(await failure(first.head(signal))).toBeInstanceOf(RejectedSignerError);
		expect(await failure(second.head(signal))).toBeInstanceOf(RejectedSignerError);
		expect(await failure(second.head(signal))).not.toBeInstanceOf(RejectedSignerError);
		expect(await failure(third.head(signal))).not.toBeInstanceOf(RejectedSignerError);
		expect(asked).toEqual(['initial', 'initial', 'rejected', 'initial']);
	});

	test('a part refused without a reason does not', async () => {
		const { transport, asked, object } = speaking();
		transport.answer({ status: 403, headers: requestId }, {});
		expect(await failure(object.uploadPart(part, signal))).not.toBeInstanceOf(RejectedSignerError);
		await object.uploadPart(part, signal);
		expect(asked).toEqual(['initial']);
	});
});

describe('a HEAD refused without a sign of OSS', () => {
	const page = { 'content-type': 'text/html' };
	const refused = [400, 403, 404, 405, 412, 451];

	test.each(refused)('is no answer (%i) once a request id could be read of any other', async (status) => {
		const { transport, asked, client, object } = speaking();
		const other = objectAt(client, 'other');
		transport.answer({ headers: requestId }, { status, headers: page }, { status });
		await other.uploadPart(part, signal);
		for (const type of ['text/html', 'without a content type']) {
			const error = await failure(object.head(signal));
			expect(error).toMatchObject({ code: 'Service', retryable: true, status });
			expect(error).not.toBeInstanceOf(ServiceError);
			expect(error.message).toMatch(`HeadObject got ${status} ${type} (`);
		}
		// Nor is it about the token.
		expect(asked).toEqual(['initial']);
	});

	test.each(refused)('is believed (%i) where no request id could be read so far', async (status) => {
		const { transport, object } = speaking();
		transport.answer(
			{ headers: { etag: ETAG } },
			{ status: 400, text: errorXml('InvalidArgument') },
			{ status, headers: page },
		);
		await object.uploadPart(part, signal);
		await failure(object.uploadPart(part, signal));
		if (status === 404) expect(await object.head(signal)).toBeUndefined();
		else expect(await failure(object.head(signal))).toBeInstanceOf(ServiceError);
	});

	test.each([
		['is believed at last where no HEAD has ever shown one: a CORS rule may be for HEAD alone', {}, false],
		['is never believed where a HEAD has shown one', requestId, true],
	])('%s', async (_, headers, isStrict) => {
		const { transport, object } = speaking();
		const found = { headers: { 'content-length': '1', ...headers } };
		transport.answer({ headers: requestId }, found, ...Array(20).fill({ status: 404 }));
		await object.uploadPart(part, signal);
		await object.head(signal);
		for (let count = 0; count < 5; count++) {
			expect(await failure(object.head(signal))).toMatchObject({ status: 404, retryable: true });
		}
		for (let count = 0; count < 15; count++) {
			const isMissing = object.head(signal).then((info) => info === undefined);
			if (isStrict) expect(await failure(isMissing)).toMatchObject({ retryable: true });
			else expect(await isMissing).toBe(true);
		}
	});

	test('is believed when it shows one itself, whatever came before', async () => {
		const { transport, object } = speaking();
		const inHeader = { 'x-oss-err': Buffer.from(errorXml('NoSuchKey')).toString('base64') };
		transport.answer(
			{ headers: requestId },
			{ status: 404, headers: requestId },
			{ status: 404, headers: inHeader },
		);
		await object.uploadPart(part, signal);
		expect(await object.head(signal)).toBeUndefined();
		expect(await object.head(signal)).toBeUndefined();
	});

	test('by a server that fails waits as long as it says', async () => {
		const { transport, object } = speaking();
		transport.answer({ headers: requestId }, { status: 503, headers: { 'retry-after': '7' } });
		await object.uploadPart(part, signal);
		expect(await failure(object.head(signal))).toMatchObject({ status: 503, retryAfterMs: 7000 });
	});
});

describe('credentials for each key', () => {
	test('are dropped when the key is forgotten, and no others [C11]', async () => {
		const keys: (string | undefined)[] = [];
		const { transport, client } = speaking({
			credentialsFor: 'key',
			getCredentials: ({ key }) => {
				keys.push(key);
				return { accessKeyId: 'id', accessKeySecret: 'SECRET', securityToken: 'TOKEN' };
			},
		});
		const settings = { headers: {}, guessedContentType: 'a/b', verify: 'none' } as const;
		const [a, b] = [client.forObject('a', settings), client.forObject('b', settings)];
		transport.answer(...Array(6).fill({ status: 204 }));
		await a.abort('U', signal);
		await b.abort('U', signal);
		await a.abort('U', signal);
		expect(keys).toEqual(['a', 'b']);
		client.forget('a');
		await a.abort('U', signal);
		await b.abort('U', signal);
		expect(keys).toEqual(['a', 'b', 'a']);
	});
});

describe('whether a callback is carried', () => {
	const URL_OF_CALLBACK = 'https://signed.example.com/k?callback=e30&Signature=SECRET';
	const callback = { 'x-oss-callback': 'e30=' };
	const signing = (signRequest: NonNullable<OssClientOptions['signRequest']>): Partial<OssClientOptions> => ({
		getCredentials: undefined,
		signRequest,
	});

	test.each<[string, Partial<OssClientOptions>, Record<string, string>, boolean]>([
		['in none of the headers', {}, {}, false],
		["in the app's own headers", {}, callback, true],
		[
			"in the signing server's headers",
			signing(() => ({ url: 'https://a.b/k', headers: callback })),
			{},
			true,
		],
		[
			"in the signing server's, upper case",
			signing(() => ({ url: 'https://a.b/k', headers: { 'X-OSS-Callback': 'e30=' } })),
			{},
			true,
		],
		['in the query of a presigned V1 URL', signing(() => ({ url: URL_OF_CALLBACK })), {}, true],
		[
			'in the query of a presigned V4 URL',
			signing(() => ({ url: 'https://a.b/k?x-oss-callback=e30' })),
			{},
			true,
		],
		[
			'nowhere in a presigned URL',
			signing(() => ({ url: 'https://a.b/callback?callback-var=1' })),
			{},
			false,
		],
	])('is seen %s, by the last request that was to finish the object', async (_, more, headers, expected) => {
		const { transport, object } = speaking(more, headers);
		// Before anything was sent: what the app itself asked for.
		expect(object.carriesCallback).toBe('x-oss-callback' in headers);
		transport.answer({ text: completed }, { text: '{}' }, { text: listed('U') });
		await object.complete('U', parts, signal).catch(() => {});
		expect(object.carriesCallback).toBe(expected);
		await object.put(part.bytes, undefined, part.onSent, signal).catch(() => {});
		// Others finish nothing.
		await object.listParts('U', 0, signal);
		expect(object.carriesCallback).toBe(expected);
	});

	test('is told of the answer that is lost, too', async () => {
		const { transport, object } = speaking({}, callback);
		transport.answer(new Error('lost'));
		await expect(object.complete('U', parts, signal)).rejects.toThrow('lost');
		expect(object.carriesCallback).toBe(true);
	});

	test('changes nothing of what requests answer that call nobody', async () => {
		const { transport, object } = speaking(signing(() => ({ url: URL_OF_CALLBACK })));
		transport.answer({ text: initiated }, {}, { text: listed('U') }, { status: 204 });
		expect(await object.initiate(signal)).toBe('U1');
		expect(await object.uploadPart(part, signal)).toEqual({ etag: undefined, crc64: undefined });
		await object.listParts('U', 0, signal);
		await object.abort('U', signal);
		const failed = { status: 203, text: errorXml('CallbackFailed') };
		transport.answer(failed, failed);
		expect(await failure(object.uploadPart(part, signal))).toMatchObject({ code: 'Service', status: 203 });
		expect(await failure(object.abort('U', signal))).toMatchObject({ code: 'Service', status: 203 });
	});
});

test('close() ends what is being asked of getCredentials', async () => {
	let ended: AbortSignal | undefined;
	const { client, object } = speaking({
		getCredentials: (request) => {
			ended = request.signal;
			return new Promise(() => {});
		},
	});
	const waiting = object.initiate(signal);
	client.close();
	await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
	expect(ended?.aborted).toBe(true);
});
