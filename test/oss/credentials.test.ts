import { describe, expect, test, vi } from 'vitest';
import { UploadError } from '../../src/errors.js';
import {
	type Credentials,
	type CredentialsAnswer,
	type CredentialsOptions,
	type CredentialsRequest,
	createCredentials,
	readCredentials,
} from '../../src/oss/credentials.js';
import { ManualClock, settle } from '../manual-clock.js';
import { failure } from './failure.js';

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
	])('credentials of %s are asked for again in good time', async (_, life, margin) => {
		const { clock, calls, get, first } = scripted();
		await first(life);
		await clock.advance(life - margin);
		expect(await get()).toBe('id0');
		await clock.advance(1);
		const renewed = get();
		expect(calls[1]?.reason).toBe('expiring');
		calls[1]?.answer(life);
		expect(await renewed).toBe('id1');
	});

	test('without expiration they are kept until rejected', async () => {
		const { clock, get, first } = scripted();
		await first();
		await clock.advance(1e12);
		expect(await get()).toBe('id0');
	});

	test('an early refresh that fails leaves the old ones in use while they are good', async () => {
		const { clock, calls, get, first } = scripted();
		await first(10_000);
		await clock.advance(9_500);
		const early = get();
		calls[1]?.fail(new Error('down'));
		expect(await early).toBe('id0');
		await clock.advance(1_000);
		const late = failure(get());
		calls[2]?.fail(new Error('down'));
		expect((await late).code).toBe('Credentials');
	});

	test("it goes by the server's clock, also when that is learned only after they came", async () => {
		const { calls, get, first, clock, skew } = scripted();
		const hour = 3_600_000;
		await first(hour + 900_000);
		skew.ms = hour;
		await clock.advance(800_000);
		expect(await get()).toBe('id0');
		await clock.advance(20_000);
		void get();
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
		const early = failure(get());
		cache.reject('k', used);
		calls[1]?.fail(new Error('down'));
		expect((await early).code).toBe('Credentials');
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
		expect(error.message).toBe('getCredentials failed');
	});

	test('by hanging is given up after 30 s, its signal aborted', async () => {
		const { clock, calls, get } = scripted();
		const error = failure(get());
		await clock.advance(29_999);
		expect(calls[0]?.signal.aborted).toBe(false);
		await clock.advance(1);
		expect(calls[0]?.signal.aborted).toBe(true);
		expect(await error).toMatchObject({ code: 'Credentials', retryable: true });
		expect((await error).message).toMatch(/No answer within 30 s/);
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

	test('close() ends what is being asked, and asks nothing more', async () => {
		const { clock, calls, cache } = scripted();
		const waiting = cache.get('k', never);
		cache.close();
		await expect(waiting).rejects.toThrow(/abort/i);
		expect(calls[0]?.signal.aborted).toBe(true);
		expect(clock.sleeping).toBe(0);
		await expect(cache.get('k', never)).rejects.toThrow(/abort/i);
		expect(calls).toHaveLength(1);
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
	const read = { accessKeyId: 'i', accessKeySecret: 's', securityToken: 't', expiration: date.getTime() };
	const own = { accessKeyId: 'i', accessKeySecret: 's' };

	test.each([
		['our own names', { ...own, securityToken: 't', expiration: '2030-01-02T03:04:05Z' }, read],
		['a Date', { ...own, securityToken: 't', expiration: date }, read],
		['milliseconds', { ...own, securityToken: 't', expiration: date.getTime() }, read],
		["ali-oss's stsToken", { ...own, stsToken: 't', expiration: date }, read],
		["STS's JSON, bare", sts, read],
		["STS's JSON, whole", { RequestId: 'r', AssumedRoleUser: {}, Credentials: sts }, read],
		['a permanent key', own, { ...read, securityToken: undefined, expiration: undefined }],
		[
			'nulls',
			{ ...own, securityToken: null, expiration: null },
			{ ...read, securityToken: undefined, expiration: undefined },
		],
	])('may be %s', (_, answer, expected) => {
		expect(readCredentials(answer)).toEqual(expected);
	});

	test.each<[string, unknown, RegExp]>([
		['nothing', undefined, /an object with `accessKeyId`, got undefined/],
		['null', null, /an object with `accessKeyId`, got null/],
		['text', 'SECRET', /an object with `accessKeyId`, got string/],
		['an empty object', {}, /`accessKeyId`, got undefined/],
		['an error page', { error: 'SECRET' }, /`accessKeyId`, got undefined/],
		['no secret', { accessKeyId: 'SECRET' }, /`accessKeySecret`, got undefined/],
		['an empty id', { accessKeyId: '', accessKeySecret: 'SECRET' }, /`accessKeyId` as text .* got string/],
		[
			'a number as secret',
			{ accessKeyId: 'a', accessKeySecret: 7 },
			/`accessKeySecret` as text .* got number/,
		],
		[
			'a line break in the id',
			{ accessKeyId: 'SECRET\n', accessKeySecret: 's' },
			/`accessKeyId` as text of visible ASCII/,
		],
		['an object as token', { ...own, securityToken: {} }, /`securityToken` as text .* got object/],
		['a date that is none', { ...own, expiration: 'SECRET' }, /`expiration` as ISO 8601.* got string/],
		['seconds', { ...own, expiration: 1_900_000_000 }, /milliseconds since 1970, got number/],
		['an invalid Date', { ...own, expiration: new Date(Number.NaN) }, /`expiration`.* got object/],
	])('is nonsense with %s, and the error says so without a value', (_, answer, message) => {
		expect(() => readCredentials(answer)).toThrow(message);
		expect(() => readCredentials(answer)).toThrow(/^(?!.*SECRET)/);
		expect(() => readCredentials(answer)).toThrow(UploadError);
	});

	test('that is nonsense is retryable and not kept', async () => {
		let answer: unknown = { accessKeyId: 'SECRET' };
		const { get } = scripted({ getCredentials: () => JSON.parse(JSON.stringify(answer)) });
		expect(await failure(get())).toMatchObject({ code: 'Credentials', retryable: true });
		answer = own;
		expect(await get()).toBe('i');
	});
});
