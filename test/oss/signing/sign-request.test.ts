import { describe, expect, test, vi } from 'vitest';
import { RejectedSignerError } from '../../../src/base/errors.js';
import { loadSha256 } from '../../../src/browser/sha256.js';
import { createOssClient } from '../../../src/oss/client.js';
import { resolveEndpoint } from '../../../src/oss/endpoint.js';
import type { SignedRequest, SignRequest, SignRequestInput } from '../../../src/oss/signing/contract.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { failure } from '../failure.js';
import { errorXml, ScriptedTransport } from '../scripted-transport.js';

const { signal } = new AbortController();
const SIGNED = 'https://elsewhere.example.com/k?x-oss-signature=SECRET';

const fetched = () =>
	Object.defineProperty(new Response('SECRET'), 'url', { value: 'https://app.example.com/SECRET' });

function speaking(answer: (request: SignRequestInput) => unknown = () => ({ url: SIGNED })) {
	const transport = new ScriptedTransport();
	const clock = new ManualClock();
	const asked: SignRequestInput[] = [];
	// JSON as it comes from a server has no type.
	const signRequest: SignRequest = async (request): Promise<never> => {
		asked.push(request);
		return (await answer(request)) as never;
	};
	const client = createOssClient({
		bucket: 'bkt',
		endpoint: resolveEndpoint({ bucket: 'bkt', region: 'cn-hangzhou' }),
		signatureVersion: 'v4',
		loadSha256,
		signRequest,
		credentialsFor: 'uploader',
		transport,
		clock,
	});
	const headers = { 'x-oss-traffic-limit': '300000', 'x-oss-meta-a': '1' };
	const object = client.forObject('k', { headers, guessedContentType: 'text/plain', verify: 'none' });
	const send = (partNumber = 1, until = signal) =>
		object.uploadPart(
			{ uploadId: 'U', partNumber, bytes: new Blob(), md5: undefined, onSent: () => {} },
			until,
		);
	return { transport, clock, asked, object, send };
}

test('the app is told the request, unsigned', async () => {
	const { transport, asked, send } = speaking();
	transport.answer({});
	await send(7);
	expect(asked).toEqual([
		{
			operation: 'UploadPart',
			method: 'PUT',
			bucket: 'bkt',
			key: 'k',
			query: { partNumber: '7', uploadId: 'U' },
			headers: { 'x-oss-traffic-limit': '300000' },
			partNumber: 7,
			reason: 'initial',
			signal: expect.any(AbortSignal),
		},
	]);
});

test('a presigned URL is sent as it came, with the headers that were told', async () => {
	const { transport, send } = speaking();
	transport.answer({});
	await send();
	expect(transport.last).toMatchObject({ method: 'PUT', url: SIGNED });
	expect(transport.last.headers).toEqual({ 'x-oss-traffic-limit': '300000' });
});

test("the app's headers come beside ours, or instead of them, whatever their case", async () => {
	const { transport, object } = speaking(() => ({
		url: new URL('https://a.example.com/k'),
		headers: { Authorization: 'SECRET', 'Content-Type': 'a/b' },
	}));
	transport.answer({});
	await object.put(new Blob(), undefined, () => {}, signal);
	expect(transport.last.url).toBe('https://a.example.com/k');
	expect(transport.last.headers).toEqual({
		'x-oss-traffic-limit': '300000',
		'x-oss-meta-a': '1',
		'content-type': 'a/b',
		authorization: 'SECRET',
	});
});

test.each<[string, unknown]>([
	['Headers', new Headers({ Authorization: 'A' })],
	['a Map', new Map([['Authorization', 'A']])],
	['pairs', [['Authorization', 'A']]],
	['a plain object', { Authorization: 'A' }],
])("the app's headers may be %s", async (_, headers) => {
	const { transport, send } = speaking(() => ({ url: SIGNED, headers }));
	transport.answer({});
	await send();
	expect(transport.last.headers).toMatchObject({ authorization: 'A' });
});

test('each attempt is signed afresh', async () => {
	const { transport, asked, send } = speaking();
	transport.answer({ status: 500 }, {});
	await failure(send());
	await send();
	expect(asked.map(({ reason }) => reason)).toEqual(['initial', 'initial']);
});

describe('the reason is `rejected`', () => {
	test.each([
		['an expired token', 'SecurityTokenExpired', ''],
		['a presigned URL that has ended', 'AccessDenied', 'Request has expired.'],
	])('after %s, for that request and not for its siblings', async (_, code, message) => {
		const { transport, asked, send } = speaking();
		const text = errorXml(code).replace('Why', message);
		transport.answer({ status: 403, text }, {}, {}, {});
		const rejected = await failure(send(1));
		expect(rejected).toBeInstanceOf(RejectedSignerError);
		expect(rejected).toMatchObject({ ossCode: code });
		await send(2);
		await send(1);
		await send(1);
		expect(asked.map(({ partNumber, reason }) => `${partNumber} ${reason}`)).toEqual([
			'1 initial',
			'2 initial',
			'1 rejected',
			'1 initial',
		]);
	});

	test('still after a provider that failed', async () => {
		let works = true;
		const { transport, asked, send } = speaking(() => (works ? { url: SIGNED } : {}));
		transport.answer({ status: 403, text: errorXml('SecurityTokenExpired') }, {});
		await failure(send());
		works = false;
		await failure(send());
		works = true;
		await send();
		expect(asked.map(({ reason }) => reason)).toEqual(['initial', 'rejected', 'rejected']);
	});

	test('not after AccessDenied as such', async () => {
		const { transport, asked, send } = speaking();
		transport.answer({ status: 403, text: errorXml('AccessDenied') }, {});
		expect(await failure(send())).not.toBeInstanceOf(RejectedSignerError);
		await send();
		expect(asked[1]?.reason).toBe('initial');
	});
});

describe('an answer that is nonsense is an error without its values:', () => {
	test.each<[string, unknown, RegExp]>([
		['nothing', undefined, /`url` as an https address, whole and without a user, got undefined$/],
		['a bare URL', SIGNED, /got undefined/],
		['no URL', { url: 'SECRET' }, /got string/],
		['a relative URL', { url: '/k?SECRET' }, /got string/],
		[
			'a Response, which has a URL of its own',
			fetched(),
			/an object with `url`, got a Response: answer what its `json\(\)` gives$/,
		],
		['another scheme', { url: 'ftp://a/SECRET' }, /`url` as an https address/],
		['http in clear', { url: 'http://a.example.com/SECRET' }, /`url` as an https address/],
		['headers that are none', { url: SIGNED, headers: 'SECRET' }, /`headers` as an object, got string/],
		[
			'a URL that fetch refuses',
			{ url: 'https://SECRET:SECRET@a.example.com/k' },
			/`url` as an https address/,
		],
		[
			'a URL that cannot be text',
			{ url: Object.create(null) },
			/`url` as an https address, .* got an empty object$/,
		],
		['a header that is no text', { url: SIGNED, headers: { a: ['SECRET'] } }, /header a .* got an Array$/],
		['a list of texts', { url: SIGNED, headers: ['SECRET'] }, /header undefined as printable ASCII/],
		['a header of two lines', { url: SIGNED, headers: { a: 'SECRET\nb: c' } }, /header a as printable ASCII/],
		['a header that is no ASCII', { url: SIGNED, headers: { a: 'SECRET测' } }, /header a as printable ASCII/],
		['a header without a name', { url: SIGNED, headers: { '': 'SECRET' } }, /as printable ASCII, got string/],
		['a name that is none', { url: SIGNED, headers: { 'a b': 'SECRET' } }, /header a b as printable ASCII/],
	])('%s', async (_, answer, message) => {
		const { transport, send } = speaking(() => answer);
		const error = await failure(send());
		expect(error).toMatchObject({ code: 'Credentials', retryable: true });
		expect(error.message).toMatch(message);
		expect(`${error} ${error.cause} ${JSON.stringify(error)}`).not.toContain('SECRET');
		expect(transport.requests).toHaveLength(0);
	});
});

test('http to this machine is fine', async () => {
	const { transport, send } = speaking(() => ({ url: 'http://127.0.0.1:9000/bkt/k' }));
	transport.answer({});
	await send();
	expect(transport.last.url).toBe('http://127.0.0.1:9000/bkt/k');
});

test('a provider that hangs is given up after 30 s, in words that name it [A5]', async () => {
	const { clock, asked, send } = speaking(() => new Promise(() => {}));
	const error = failure(send());
	await settle();
	await clock.advance(30_000);
	expect(await error).toMatchObject({ code: 'Credentials', retryable: true });
	expect((await error).message).toMatch(/^signRequest did not answer within 30 s: /);
	expect(asked[0]?.signal.aborted).toBe(true);
});

test('a provider that fails by the network has a Network error as its cause [B4]', async () => {
	const thrown = new TypeError('Failed to fetch');
	const { send } = speaking(() => Promise.reject(thrown));
	const error = await failure(send());
	expect(error).toMatchObject({ code: 'Credentials', retryable: true });
	expect(error.cause).toMatchObject({ code: 'Network', cause: thrown });
});

test('an abort of the request aborts the asking', async () => {
	const { clock, asked, send } = speaking(() => new Promise(() => {}));
	const controller = new AbortController();
	const sent = send(1, controller.signal);
	await settle();
	controller.abort('left');
	await expect(sent).rejects.toBe('left');
	expect(asked[0]?.signal.reason).toBe('left');
	expect(clock.sleeping).toBe(0);
});

test('nothing stays on the signal of a task that sends thousands of parts', async () => {
	const { transport, send } = speaking();
	const task = new AbortController().signal;
	const added = vi.spyOn(task, 'addEventListener');
	const removed = vi.spyOn(task, 'removeEventListener');
	transport.answer({});
	await send(1, task);
	expect(added.mock.calls.length).toBeGreaterThan(0);
	const listenersOf = ({ mock }: typeof added | typeof removed) =>
		new Set(mock.calls.map(([, listener]) => listener));
	expect(listenersOf(removed)).toEqual(listenersOf(added));
});

describe('the time of what was signed is that of OSS, on a machine whose clock is wrong', () => {
	const date = '20260102T030405Z';
	test.each<[string, Partial<SignedRequest>]>([
		['a header of V4', { headers: { 'X-Oss-Date': date } }],
		['a header of V1', { headers: { 'x-oss-date': 'Fri, 02 Jan 2026 03:04:05 GMT' } }],
		['a URL of V4', { url: `${SIGNED}&x-oss-date=${date}` }],
	])('by %s', async (_, signed) => {
		const { transport, clock, object, send } = speaking(() => ({ url: SIGNED, ...signed }));
		const tolerance = clock.now() - object.serverTime(clock.now());
		transport.answer({});
		await send();
		expect(object.serverTime(clock.now()) + tolerance).toBe(Date.parse('2026-01-02T03:04:05Z'));
	});

	test.each(['', 'yesterday', '20261399T999999Z'])('and not by %j', async (text) => {
		const { transport, clock, object, send } = speaking(() => ({
			url: SIGNED,
			headers: { 'x-oss-date': text },
		}));
		const before = object.serverTime(clock.now());
		transport.answer({});
		await send();
		expect(object.serverTime(clock.now())).toBe(before);
	});
});
