import { describe, expect, test, vi } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import {
	type Credentials,
	type CredentialsAnswer,
	type CredentialsOptions,
	type CredentialsRequest,
	createCredentials,
} from '../../../src/oss/signing/credentials.js';
import { readCredentials } from '../../../src/oss/signing/credentials-answer.js';
import { unexpected } from '../../../src/oss/signing/provider.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { failure } from '../failure.js';

const never = new AbortController().signal;

/** A provider whose answers are given one by one by the test. */
function scripted(more: Partial<CredentialsOptions> = {}) {
	const clock = new ManualClock();
	const calls: (CredentialsRequest & { answer(life?: number): void; fail(error: unknown): void })[] = [];
	const skew = { ms: 0 };
	const cache = createCredentials({
		getCredentials: (request) =>
			new Promise<CredentialsAnswer>((resolve, fail) => {
				const id = `id${calls.length}`;
				calls.push({
					...request,
					fail,
					answer: (life) =>
						resolve({
							accessKeyId: id,
							accessKeySecret: 'SECRET',
							...(life !== undefined && { expiration: clock.now() + skew.ms + life }),
						}),
				});
			}),
		credentialsFor: 'uploader',
		bucket: 'bkt',
		clock,
		serverNow: () => clock.now() + skew.ms,
		...more,
	});
	const get = async (key = 'k', signal = never) => (await cache.get(key, signal)).accessKeyId;
	const first = async (life?: number): Promise<Credentials> => {
		const credentials = cache.get('k', never);
		calls.at(-1)?.answer(life);
		return credentials;
	};
	return { clock, calls, cache, get, first, skew };
}

describe('one flight at a time', () => {
	test('nothing is asked before it is needed', () => {
		expect(scripted().calls).toHaveLength(0);
	});

	test('six requests that start together ask once', async () => {
		const { calls, get } = scripted();
		const all = Promise.all(Array.from({ length: 6 }, () => get()));
		calls[0]?.answer();
		expect(await all).toEqual(Array(6).fill('id0'));
		expect(calls).toHaveLength(1);
		expect(calls[0]).toMatchObject({ bucket: 'bkt', key: 'k', reason: 'initial' });
	});

	test('one token is for all keys', async () => {
		const { calls, get, first } = scripted();
		await first();
		expect(await get('other')).toBe('id0');
		expect(calls).toHaveLength(1);
	});

	test('one token for each key, where asked for', async () => {
		const { calls, get } = scripted({ credentialsFor: 'key' });
		const both = Promise.all([get('a'), get('b'), get('a')]);
		for (const call of calls) call.answer();
		expect(await both).toEqual(['id0', 'id1', 'id0']);
		expect(calls.map(({ key }) => key)).toEqual(['a', 'b']);
	});

	test('a failed flight is forgotten', async () => {
		const { calls, get } = scripted();
		const [one, two] = [failure(get()), failure(get())];
		calls[0]?.fail(new Error('down'));
		expect((await one).code).toBe('Credentials');
		expect(await two).toBe(await one);
		const third = get();
		calls[1]?.answer();
		expect(await third).toBe('id1');
		expect(calls[1]?.reason).toBe('initial');
	});

	test("one caller's abort ends its own waiting and not the flight", async () => {
		const { calls, get } = scripted();
		const controller = new AbortController();
		const [leaving, staying] = [get('k', controller.signal), get()];
		controller.abort('left');
		await expect(leaving).rejects.toBe('left');
		expect(calls[0]?.signal.aborted).toBe(false);
		calls[0]?.answer();
		expect(await staying).toBe('id0');
	});

	test('an aborted caller asks nothing', async () => {
		const { calls, cache } = scripted();
		await expect(cache.get('k', AbortSignal.abort('left'))).rejects.toBe('left');
		expect(calls).toHaveLength(0);
	});

	test('no listener stays on the signal of a caller', async () => {
		const { calls, cache } = scripted();
		const { signal } = new AbortController();
		const added = vi.spyOn(signal, 'addEventListener');
		const removed = vi.spyOn(signal, 'removeEventListener');
		const credentials = cache.get('k', signal);
		calls[0]?.answer();
		await credentials;
		await settle();
		expect(added.mock.calls.length).toBeGreaterThan(0);
		expect(removed.mock.calls).toHaveLength(added.mock.calls.length);
	});
});

describe('expiration', () => {
	test.each([
		['5 s', 5_000, 500],
		['15 min', 900_000, 90_000],
		['12 h', 43_200_000, 300_000],
	])(
		'credentials of %s are asked for again in good time, while the old ones are used [B10]',
		async (_, life, margin) => {
			const { clock, calls, get, first } = scripted();
			await first(life);
			await clock.advance(life - margin);
			expect(await get()).toBe('id0');
			expect(calls).toHaveLength(1);
			await clock.advance(1);
			expect(await get()).toBe('id0');
			expect(calls[1]?.reason).toBe('expiring');
			calls[1]?.answer(life);
			await settle();
			expect(await get()).toBe('id1');
			expect(calls).toHaveLength(2);
		},
	);

	test('without expiration they are kept until rejected', async () => {
		const { clock, get, first } = scripted();
		await first();
		await clock.advance(1e12);
		expect(await get()).toBe('id0');
	});

	describe('an early refresh', () => {
		const HOUR = 3_600_000;

		/** Credentials of an hour, one minute before their end. */
		async function nearTheEnd() {
			const world = scripted();
			await world.first(HOUR);
			await world.clock.advance(HOUR - 60_000);
			return world;
		}

		test('that hangs holds up no request while the old ones are good [B10]', async () => {
			const { clock, calls, get } = await nearTheEnd();
			for (let second = 0; second < 59; second++) {
				expect(await get()).toBe('id0');
				await clock.advance(1_000);
			}
			// The first was given up after 30 s, the second begun some seconds after.
			expect(calls.map(({ reason }) => reason)).toEqual(['initial', 'expiring', 'expiring']);
			expect(calls[1]?.signal.aborted).toBe(true);
		});

		test('that fails is not repeated for 5 s, and then is [B10]', async () => {
			const { clock, calls, get } = await nearTheEnd();
			await get();
			calls[1]?.fail(new Error('down'));
			await settle();
			await clock.advance(4_999);
			expect(await get()).toBe('id0');
			expect(calls).toHaveLength(2);
			await clock.advance(1);
			expect(await get()).toBe('id0');
			expect(calls).toHaveLength(3);
		});

		test('is repeated though the clock was set back since it failed [B10]', async () => {
			const { clock, calls, get, skew } = await nearTheEnd();
			await get();
			calls[1]?.fail(new Error('down'));
			await settle();
			await clock.advance(-30_000);
			skew.ms = 30_000;
			await get();
			expect(calls).toHaveLength(3);
		});

		test('that is under way when the old ones end is waited for, and is the only one [B10]', async () => {
			const { clock, calls, get } = await nearTheEnd();
			await clock.advance(50_000);
			await get();
			await clock.advance(10_000);
			const both = Promise.all([get(), get()]);
			expect(calls).toHaveLength(2);
			calls[1]?.answer(HOUR);
			expect(await both).toEqual(['id1', 'id1']);
		});

		test('that failed is forgotten once the old ones have ended: requests ask, and hear why not [B10]', async () => {
			const { clock, calls, get } = await nearTheEnd();
			await clock.advance(59_000);
			await get();
			calls[1]?.fail(new Error('down'));
			await settle();
			await clock.advance(1_000);
			const late = failure(get());
			calls[2]?.fail(new Error('down'));
			expect((await late).code).toBe('Credentials');
		});
	});

	test("it goes by the server's clock, also when that is learned only after they came", async () => {
		const { calls, get, first, clock, skew } = scripted();
		const hour = 3_600_000;
		await first(hour + 900_000);
		skew.ms = hour;
		await clock.advance(800_000);
		expect(await get()).toBe('id0');
		await clock.advance(20_000);
		await get();
		expect(calls[1]?.reason).toBe('expiring');
	});

	test('expired on arrival means a wrong clock: they are used until OSS rejects them', async () => {
		const { calls, cache, get, first } = scripted();
		const used = await first(-3_600_000);
		expect(await get()).toBe('id0');
		cache.reject('k', used);
		void get();
		expect(calls.map(({ reason }) => reason)).toEqual(['initial', 'rejected']);
	});
});

describe('rejected credentials', () => {
	test('are asked for once, however many parts failed with them', async () => {
		const { calls, cache, get, first } = scripted();
		const used = await first();
		for (let part = 0; part < 5; part++) cache.reject('k', used);
		const both = Promise.all([get(), get()]);
		cache.reject('k', used);
		calls[1]?.answer();
		expect(await both).toEqual(['id1', 'id1']);
		cache.reject('k', used);
		expect(await get()).toBe('id1');
		expect(calls.map(({ reason }) => reason)).toEqual(['initial', 'rejected']);
	});

	test('stay the reason until new ones have come', async () => {
		const { calls, cache, get, first } = scripted();
		cache.reject('k', await first());
		const failed = failure(get());
		calls[1]?.fail(new Error('down'));
		await failed;
		void get();
		expect(calls.map(({ reason }) => reason)).toEqual(['initial', 'rejected', 'rejected']);
	});

	test('are not used again when the call for new ones fails', async () => {
		const { clock, calls, cache, get, first } = scripted();
		const used = await first(10_000);
		await clock.advance(9_500);
		await get();
		cache.reject('k', used);
		const waiting = failure(get());
		calls[1]?.fail(new Error('down'));
		expect((await waiting).code).toBe('Credentials');
	});
});

describe('a provider that fails', () => {
	test('by throwing at once is one that rejects', async () => {
		const cause = new Error('no session');
		const { get } = scripted({
			getCredentials: () => {
				throw cause;
			},
		});
		const error = await failure(get());
		expect(error).toMatchObject({ code: 'Credentials', retryable: true, cause });
		expect(error.message).toBe('getCredentials failed: see the `cause` of this error');
	});

	test('by hanging is given up after 30 s, its signal aborted, in words that name it [A5]', async () => {
		const { clock, calls, get } = scripted();
		const error = failure(get());
		await clock.advance(29_999);
		expect(calls[0]?.signal.aborted).toBe(false);
		await clock.advance(1);
		expect(calls[0]?.signal.aborted).toBe(true);
		expect(await error).toMatchObject({ code: 'Credentials', retryable: true });
		expect((await error).message).toMatch(/^getCredentials did not answer within 30 s: /);
		void get();
		expect(calls).toHaveLength(2);
	});

	test('leaves no timer behind, nor does one that answers', async () => {
		const { clock, calls, get } = scripted();
		const failed = failure(get());
		calls[0]?.fail(new Error('down'));
		await failed;
		const answered = get();
		calls[1]?.answer();
		await answered;
		await settle();
		expect(clock.sleeping).toBe(0);
	});

	test.each<[string, (reason: unknown) => unknown]>([
		['with the reason of its signal', (reason) => reason],
		['with an AbortError of its own', () => new DOMException('The user aborted a request.', 'AbortError')],
	])('by hanging and then, aborted, %s, is told as one that hangs [A5]', async (_, reasonOf) => {
		const { clock, get } = scripted({
			getCredentials: ({ signal }) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener('abort', () => reject(reasonOf(signal.reason)));
				}),
		});
		const error = failure(get());
		await clock.advance(30_000);
		expect((await error).message).toMatch(/^getCredentials did not answer within 30 s/);
		expect((await error).cause).toBeUndefined();
	});

	test.each<[string, unknown]>([
		['Chromium', new TypeError('Failed to fetch')],
		['Chromium, which names the host', new TypeError('Failed to fetch (app.example.com)')],
		['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
		['Safari', new TypeError('Load failed')],
		['Safari 16', new TypeError('The Internet connection appears to be offline.')],
		['Node', new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })],
		['a body that breaks off', new TypeError('network error')],
		['a connection that Safari lost', new DOMException('Fetch is aborted', 'AbortError')],
		['AbortSignal.timeout', new DOMException('signal timed out', 'TimeoutError')],
		['ky', Object.assign(new Error('Request timed out: GET /sts'), { name: 'TimeoutError' })],
		['axios', Object.assign(new Error('Network Error'), { name: 'AxiosError', code: 'ERR_NETWORK' })],
		['axios, timed out', Object.assign(new Error('timeout of 5 ms exceeded'), { code: 'ECONNABORTED' })],
		['the event of an XMLHttpRequest', { type: 'error', loaded: 0, total: 0 }],
		['an error around it', new Error('no token', { cause: new TypeError('Failed to fetch') })],
		['this library', new UploadError('Timeout', 'No answer within 30 s')],
		['another window', { name: 'TypeError', message: 'Failed to fetch' }],
		['a proxy, told by a Response', new Error('/sts answered', { cause: new Response('', { status: 502 }) })],
		['a proxy, by ky or axios', Object.assign(new Error('no'), { response: { status: 503 } })],
		['a proxy, by a status', Object.assign(new Error('no'), { status: 504 })],
	])('by the network, as %s says it, has a Network error as its cause [B4]', async (_, thrown) => {
		const error = await failure(scripted({ getCredentials: () => Promise.reject(thrown) }).get());
		expect(error).toMatchObject({ code: 'Credentials', retryable: true });
		expect(error.cause).toMatchObject({ code: 'Network', retryable: true, cause: thrown });
		expect(error.message).toBe('getCredentials failed: its server did not answer');
	});

	test('by a Network error of this library has that very error as its cause [B4]', async () => {
		const cause = new UploadError('Network', 'No answer from app.example.com');
		const error = await failure(scripted({ getCredentials: () => Promise.reject(cause) }).get());
		expect(error.cause).toBe(cause);
	});

	test.each<[string, unknown]>([
		['a bug', new TypeError("Cannot read properties of undefined (reading 'token')")],
		['an answer', new Error('401 Unauthorized')],
		['a status', new Error('/sts answered 500', { cause: new Response('', { status: 500 }) })],
		['text', 'no session'],
		['nothing', undefined],
		['another error of this library', new UploadError('Storage', 'full')],
	])('by %s keeps what it threw as its cause, and is no failure of the network', async (_, thrown) => {
		const error = await failure(scripted({ getCredentials: () => Promise.reject(thrown) }).get());
		expect(error).toMatchObject({ code: 'Credentials', retryable: true });
		expect(error.cause).toBe(thrown);
	});

	test('by a Credentials error of its own says that, and whether to try again', async () => {
		const thrown = new UploadError('Credentials', 'Sign in first', { retryable: false });
		expect(await failure(scripted({ getCredentials: () => Promise.reject(thrown) }).get())).toBe(thrown);
	});

	test('close() ends what is being asked, and asks nothing more', async () => {
		const { clock, calls, cache } = scripted();
		const waiting = cache.get('k', never);
		cache.close();
		await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
		expect(calls[0]?.signal.aborted).toBe(true);
		expect(clock.sleeping).toBe(0);
		await expect(cache.get('k', never)).rejects.toMatchObject({ name: 'AbortError' });
		expect(calls).toHaveLength(1);
	});

	test('close() drops what came before and what comes after [C11]', async () => {
		const { calls, cache, first } = scripted();
		await first();
		cache.close();
		calls[0]?.answer();
		await expect(cache.get('k', never)).rejects.toMatchObject({ name: 'AbortError' });
	});
});

describe('forget()', () => {
	test('drops the credentials of its key, and no others [C11]', async () => {
		const { calls, cache, get } = scripted({ credentialsFor: 'key' });
		const both = Promise.all([get('a'), get('b')]);
		for (const call of calls) call.answer();
		await both;
		cache.forget('a');
		expect(await get('b')).toBe('id1');
		const again = get('a');
		calls[2]?.answer();
		expect(await again).toBe('id2');
		expect(calls.map(({ key, reason }) => `${key} ${reason}`)).toEqual([
			'a initial',
			'b initial',
			'a initial',
		]);
	});

	test('leaves alone what is for all keys, unless nobody uploads anything [C11]', async () => {
		const { calls, cache, get, first } = scripted();
		await first();
		cache.forget('k');
		expect(await get()).toBe('id0');
		cache.forget();
		const again = get();
		calls[1]?.answer();
		expect(await again).toBe('id1');
	});

	test('ends a flight that nobody waits for [C11]', async () => {
		const { clock, calls, cache, get } = scripted({ credentialsFor: 'key' });
		const left = new AbortController();
		const leaving = get('a', left.signal);
		left.abort('left');
		await expect(leaving).rejects.toBe('left');
		cache.forget('a');
		expect(calls[0]?.signal.aborted).toBe(true);
		await settle();
		expect(clock.sleeping).toBe(0);
	});

	test('ends no flight that somebody waits for, but does not keep what it brings [C11]', async () => {
		const { calls, cache, get } = scripted({ credentialsFor: 'key' });
		const waiting = get('a');
		cache.forget('a');
		calls[0]?.answer();
		expect(await waiting).toBe('id0');
		void get('a');
		expect(calls).toHaveLength(2);
	});

	test('makes a late refusal of the dropped ones mean nothing [C11]', async () => {
		const { calls, cache } = scripted({ credentialsFor: 'key' });
		const asked = cache.get('a', never);
		calls[0]?.answer();
		const used = await asked;
		cache.forget('a');
		cache.reject('a', used);
		void cache.get('a', never);
		expect(calls[1]?.reason).toBe('initial');
	});
});

describe('the answer', () => {
	const date = new Date('2030-01-02T03:04:05Z');
	const sts = {
		AccessKeyId: 'i',
		AccessKeySecret: 's',
		SecurityToken: 't',
		Expiration: '2030-01-02T03:04:05Z',
	};
	const readAnswer = (answer: unknown) => readCredentials(answer, 'getCredentials', unexpected);
	const read = { accessKeyId: 'i', accessKeySecret: 's', securityToken: 't', expiration: date.getTime() };
	const own = { accessKeyId: 'i', accessKeySecret: 's' };

	test.each([
		['our own names', { ...own, securityToken: 't', expiration: '2030-01-02T03:04:05Z' }, read],
		['a Date', { ...own, securityToken: 't', expiration: date }, read],
		['milliseconds', { ...own, securityToken: 't', expiration: date.getTime() }, read],
		["ali-oss's stsToken", { ...own, stsToken: 't', expiration: date }, read],
		["STS's JSON, bare", sts, read],
		["STS's JSON, whole", { RequestId: 'r', AssumedRoleUser: {}, Credentials: sts }, read],
		["STS's JSON as its SDK names it", { requestId: 'r', credentials: read }, read],
		["ali-oss's STS client", { res: {}, credentials: sts }, read],
		[
			'without end',
			{ ...own, securityToken: 't', expiration: Number.POSITIVE_INFINITY },
			{ ...read, expiration: Number.POSITIVE_INFINITY },
		],
		['a permanent key', own, { ...read, securityToken: undefined, expiration: undefined }],
		[
			'nulls',
			{ ...own, securityToken: null, expiration: null },
			{ ...read, securityToken: undefined, expiration: undefined },
		],
	])('may be %s', (_, answer, expected) => {
		expect(readAnswer(answer)).toEqual(expected);
	});

	test.each<[string, unknown, RegExp]>([
		['nothing', undefined, /an object with `accessKeyId`, .*, got undefined$/],
		['null', null, /an object with `accessKeyId`, .*, got null$/],
		['text', 'SECRET', /an object with `accessKeyId`, .*, got string$/],
		['a list', ['SECRET'], /an object with `accessKeyId`, .*, got an Array$/],
		['an empty object', {}, /`accessKeyId`, .*, got an empty object$/],
		['an error page', { error: 'SECRET', code: 1 }, /`accessKeyId`, .*, got an object with `error`, `code`$/],
		['a Response', new Response('SECRET'), /got a Response: answer what its `json\(\)` gives$/],
		['another STS', { Credentials: { Key: 'SECRET' } }, /got an object with `Key`$/],
		['no secret', { accessKeyId: 'SECRET' }, /`accessKeySecret` .*, got an object with `accessKeyId`$/],
		['an empty id', { accessKeyId: '', accessKeySecret: 'SECRET' }, /`accessKeyId` as text .* got string$/],
		[
			'a number as secret',
			{ accessKeyId: 'a', accessKeySecret: 7 },
			/`accessKeySecret` as text .* got number$/,
		],
		[
			'a line break in the id',
			{ accessKeyId: 'SECRET\n', accessKeySecret: 's' },
			/`accessKeyId` as text of visible ASCII/,
		],
		['an object as token', { ...own, securityToken: {} }, /`securityToken` as text .* got an empty object$/],
		['a date that is none', { ...own, expiration: 'SECRET' }, /`expiration` as ISO 8601.* got string$/],
		[
			'seconds',
			{ ...own, expiration: 1_900_000_000 },
			/milliseconds since 1970 \(seconds\? Multiply by 1,000\), got number$/,
		],
		['a life instead of an end', { ...own, expiration: 3600 }, /milliseconds since 1970, got number$/],
		['NaN', { ...own, expiration: Number.NaN }, /`expiration`.* got number$/],
		['an invalid Date', { ...own, expiration: new Date(Number.NaN) }, /`expiration`.* got a Date$/],
	])('is nonsense with %s, and the error says so without a value', (_, answer, message) => {
		expect(() => readAnswer(answer)).toThrow(message);
		expect(() => readAnswer(answer)).toThrow(/^(?!.*SECRET)/);
		expect(() => readAnswer(answer)).toThrow(UploadError);
	});

	test('that is nonsense is retryable and not kept', async () => {
		let answer: unknown = { accessKeyId: 'SECRET' };
		const { get } = scripted({ getCredentials: () => JSON.parse(JSON.stringify(answer)) });
		expect(await failure(get())).toMatchObject({ code: 'Credentials', retryable: true });
		answer = own;
		expect(await get()).toBe('i');
	});
});
