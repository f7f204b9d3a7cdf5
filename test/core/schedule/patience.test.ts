import { describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import type { Body } from '../../../src/core/ports.js';
import { SignsOfLife, Tally } from '../../../src/core/schedule/patience.js';
import { settle } from '../../manual-clock.js';
import { PART, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const network = () => new UploadError('Network', 'cut', { retryable: true });
const options = { patienceMs: 10_000, minDelayMs: 300, maxDelayMs: 20_000 };

describe('Tally', () => {
	const failed = (tally: Tally, times: number, pauseMs: number) => {
		for (let time = 0; time < times; time++) {
			tally.fail(network());
			tally.pause(pauseMs);
		}
	};

	test('[F1] patience ends when its pauses add up to it, and not before a request had six attempts', () => {
		const impatient = new Tally(new SignsOfLife());
		failed(impatient, 5, 60_000);
		expect(impatient.isExhausted(options)).toBe(false);
		impatient.fail(network());
		expect(impatient.isExhausted(options)).toBe(true);

		const patient = new Tally(new SignsOfLife());
		failed(patient, 9, 1000);
		expect(patient.isExhausted(options)).toBe(false);
		failed(patient, 1, 1000);
		expect(patient.isExhausted(options)).toBe(true);
	});

	test('[F1] [case 21] a sign of life makes it new', () => {
		const life = new SignsOfLife();
		const tally = new Tally(life);
		failed(tally, 20, 5000);
		expect(tally.isExhausted(options)).toBe(true);
		life.show();
		tally.fail(network());
		expect(tally.isExhausted(options)).toBe(false);
		expect(tally.inARow).toBe(1);
	});

	test('bytes are a sign of life only when they come further than in any attempt before', () => {
		const life = new SignsOfLife();
		life.moved(1, 100);
		life.moved(1, 100);
		life.moved(1, 50);
		expect(life.count).toBe(1);
		life.moved(1, 101);
		life.moved(2, 1);
		expect(life.count).toBe(3);
	});

	test('pauses of no length end all the same', () => {
		const tally = new Tally(new SignsOfLife());
		failed(tally, 10_000, 0);
		expect(tally.isExhausted(options)).toBe(true);
	});
});

test('[F2] [case 21] a part that finishes makes the patience of every other request new', async () => {
	// Part 1 fails four times before part 2 is stored, and four times after: of six attempts in a row none is the last.
	let failures = 0;
	let four = () => {};
	const failedFour = new Promise<void>((resolve) => {
		four = resolve;
	});
	let stored = () => {};
	const partTwo = new Promise<void>((resolve) => {
		stored = resolve;
	});
	const scripted: ReturnType<typeof scriptedTask> = scriptedTask(
		blob,
		{
			uploadPart: async ({ partNumber, bytes }) => {
				if (partNumber === 2) await failedFour;
				if (partNumber === 1) {
					if (failures === 4) await partTwo;
					if (failures < 8) {
						if (++failures === 4) four();
						throw network();
					}
				}
				const { md5, crc64 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		},
		{ parallel: 2, retry: { patienceMs: 1 } },
	);
	scripted.task.on('part', ({ partNumber, status }) => partNumber === 2 && status === 'stored' && stored());
	await scripted.clock.advance(120_000);
	expect(await scripted.task.result).toMatchObject({ verified: 'object' });
	expect(failures).toBe(8);
});

describe('a provider that fails', () => {
	const credentials = (cause: unknown) =>
		new UploadError('Credentials', 'getCredentials failed', { retryable: true, cause });

	async function attemptsWith(error: UploadError): Promise<number> {
		let attempts = 0;
		const { task, clock } = scriptedTask(blob, {
			initiate: async () => {
				attempts++;
				throw error;
			},
		});
		const outcome = expect(task.result).rejects.toBe(error);
		await clock.advance(3_600_000);
		await outcome;
		return attempts;
	}

	test('has three tries, and by the network the patience of the network', async () => {
		expect(await attemptsWith(credentials(new Error('nonsense')))).toBe(3);
		expect(await attemptsWith(credentials(network()))).toBeGreaterThan(6);
		expect(await attemptsWith(new UploadError('Credentials', 'no', { retryable: false }))).toBe(1);
	});
});

describe('[B4] a line', () => {
	/** A part takes so many milliseconds, and is lost where the line is cut in between. */
	function lineOf(
		partMs: number,
		cutsAt: readonly number[],
		scripted: () => ReturnType<typeof scriptedTask>,
	) {
		const begunAt = { value: 0 };
		return async (bytes: Body, signal: AbortSignal) => {
			const { clock, digest } = scripted();
			begunAt.value ||= clock.now();
			const from = clock.now() - begunAt.value;
			const cut = cutsAt.find((at) => at > from && at < from + partMs);
			await clock.sleep(cut === undefined ? partMs : cut - from, signal);
			if (cut !== undefined) throw network();
			const { md5, crc64 } = await digest(bytes, true);
			return { etag: `"${md5}"`, crc64 };
		};
	}

	test('of 2 Mbit/s with parts of 8 MiB that is cut two times, a minute between the cuts, gets there', async () => {
		// Five parts share the line: each takes five times 34 s.
		const partMs = 5 * 34_000;
		const partSize = 8 * 1024 * 1024;
		const film = new Blob([new Uint8Array(3 * partSize)]);
		const scripted: ReturnType<typeof scriptedTask> = scriptedTask(
			film,
			{ uploadPart: ({ bytes }, signal) => send(bytes, signal) },
			{ partSize },
		);
		const send = lineOf(partMs, [120_000, 180_000], () => scripted);
		await scripted.clock.advance(3_600_000);
		expect(await scripted.task.result).toMatchObject({ verified: 'object' });
	});

	test('that is dead for a minute while the browser says it is online ends no upload', async () => {
		let isDead = true;
		const scripted: ReturnType<typeof scriptedTask> = scriptedTask(blob, {
			uploadPart: async ({ bytes }) => {
				if (isDead) throw network();
				const { md5, crc64 } = await scripted.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		});
		await scripted.clock.advance(60_000);
		expect(scripted.task.state).toBe('uploading');
		isDead = false;
		await scripted.clock.advance(20_000);
		expect(await scripted.task.result).toMatchObject({ verified: 'object' });
	});

	test('that stays dead ends it when patience has ended', async () => {
		const { task, clock } = scriptedTask(blob, {
			uploadPart: async () => {
				throw network();
			},
		});
		const outcome = expect(task.result).rejects.toMatchObject({ code: 'Network' });
		await clock.advance(170_000);
		expect(task.state).toBe('uploading');
		await clock.advance(30_000);
		await outcome;
	});
});

describe('[B4] offline, every failure without a word of OSS is waited for', () => {
	test.each<[string, UploadError]>([
		['no answer', network()],
		['a time-out', new UploadError('Timeout', 'slow', { retryable: true })],
		['a 504 that a service worker made', new ServiceError('504', { status: 504 })],
		[
			'an offline page of a service worker',
			new UploadError('Service', '200 text/html', { retryable: true, status: 200 }),
		],
		[
			'a provider that cannot be reached',
			new UploadError('Credentials', 'getCredentials failed', { retryable: true, cause: network() }),
		],
		[
			'a provider whose answer a service worker made',
			new UploadError('Credentials', '/sts: 504', { retryable: true, status: 504 }),
		],
		['a file of the library', new UploadError('Network', 'a chunk', { retryable: true })],
	])('%s', async (_, error) => {
		let online = false;
		let sent = 0;
		const connectivity: ScriptedOptions['connectivity'] = {
			isOnline: () => online,
			whenOnline: (signal) => scripted.clock.sleep(3_600_000, signal),
		};
		const scripted: ReturnType<typeof scriptedTask> = scriptedTask(
			blob,
			{
				initiate: async () => {
					sent++;
					if (!online) throw error;
					return 'U';
				},
			},
			{ connectivity },
		);
		await scripted.clock.advance(30 * 60_000);
		expect(scripted.task.state).toBe('offline');
		expect(sent).toBeGreaterThan(50);
		online = true;
		await scripted.clock.advance(60_000);
		expect(await scripted.task.result).toMatchObject({ verified: 'object' });
	});

	test('but what OSS itself said is not', async () => {
		const { task } = scriptedTask(
			blob,
			{
				initiate: async () => {
					throw new ServiceError('no', { status: 403, ossCode: 'AccessDenied', requestId: 'ID' });
				},
			},
			{ connectivity: { isOnline: () => false, whenOnline: () => new Promise(() => {}) } },
		);
		await expect(task.result).rejects.toMatchObject({ ossCode: 'AccessDenied' });
	});

	test('a digest whose file of the library cannot be loaded waits too', async () => {
		let online = false;
		const scripted: ReturnType<typeof scriptedTask> = scriptedTask(
			blob,
			{},
			{
				connectivity: { isOnline: () => online, whenOnline: () => new Promise(() => {}) },
				digest: async (bytes, { md5 }) => {
					if (!online) throw network();
					return scripted.digest(bytes, md5);
				},
			},
		);
		await scripted.clock.advance(60_000);
		expect(scripted.task.state).toBe('offline');
		online = true;
		await scripted.clock.advance(60_000);
		await settle();
		expect(scripted.task.state).toBe('done');
	});
});

describe('[B4] a fingerprint whose file of the library cannot be loaded', () => {
	const missing = () => new UploadError('Network', 'a file of the library', { retryable: true });

	test('waits while offline', async () => {
		let online = false;
		let goOnline = () => {};
		const { task, clock } = scriptedTask(
			new Blob([new Uint8Array(2 * PART)]),
			{},
			{
				fingerprint: async () => {
					if (!online) throw missing();
					return 'f';
				},
				connectivity: {
					isOnline: () => online,
					whenOnline: () =>
						new Promise((resolve) => {
							goOnline = resolve;
						}),
				},
			},
		);
		const states: string[] = [];
		task.on('state', (state) => states.push(state));
		await clock.advance(3_600_000);
		expect(task.state).toBe('offline');
		online = true;
		goOnline();
		expect(await task.result).toMatchObject({ key: 'k' });
		expect(states.slice(0, 3)).toEqual(['preparing', 'offline', 'preparing']);
	});

	test('has the patience of the network while the browser says that it is online, and then ends the task', async () => {
		for (const isBack of [true, false]) {
			let isDown = true;
			const { task, clock } = scriptedTask(
				new Blob([new Uint8Array(2 * PART)]),
				{},
				{
					fingerprint: async () => {
						if (isDown) throw missing();
						return 'f';
					},
				},
			);
			await clock.advance(100_000);
			expect(task.state).toBe('preparing');
			isDown = !isBack;
			await clock.advance(200_000);
			expect(task.state).toBe(isBack ? 'done' : 'failed');
			if (!isBack) await expect(task.result).rejects.toMatchObject({ code: 'Network' });
		}
	});
});
