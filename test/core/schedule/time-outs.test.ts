import { describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import { settle } from '../../manual-clock.js';
import { hanging, PART, scriptedTask } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);

test('Complete that hangs: after a minute HEAD asks beside it, and what it finds ends the upload', async () => {
	let heads = 0;
	const { task, clock, digest, receipt } = scriptedTask(blob, {
		complete: (_, __, signal) => hanging(signal),
		head: async () => {
			// Not there at first; then OSS has put it together.
			if (++heads < 3) return undefined;
			return {
				...receipt,
				crc64: (await digest(blob, false)).crc64,
				size: blob.size,
				lastModified: clock.now(),
			};
		},
	});
	await clock.advance(59_000);
	expect(task.state).toBe('completing');
	expect(heads).toBe(0);
	await clock.advance(121_000);
	expect(heads).toBe(3);
	expect(await task.result).toMatchObject({ verified: 'object' });
});

test('Complete that hangs, and a HEAD beside it that hangs as well: HEAD is asked again', async () => {
	let heads = 0;
	const { task, clock, digest, receipt } = scriptedTask(blob, {
		complete: (_, __, signal) => hanging(signal),
		head: async (signal) => {
			if (++heads === 1) return hanging(signal);
			const { crc64 } = await digest(blob, false);
			return { ...receipt, crc64, size: blob.size, lastModified: clock.now() };
		},
	});
	await clock.advance(4 * 60_000);
	expect(task.state).toBe('done');
	expect(heads).toBe(2);
});

test('Complete whose reply is lost, while HEAD fails for a time: the error of OSS, and the next visit asks again', async () => {
	const checkpoints = memoryCheckpoints();
	let completes = 0;
	const lost = {
		complete: async () => {
			if (++completes === 1) throw new UploadError('Network', 'cut', { retryable: true });
			throw new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
		},
		listParts: async () => {
			throw new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
		},
	};
	const busy = async () => {
		throw new ServiceError('busy', { status: 503 });
	};
	const first = scriptedTask(blob, { ...lost, head: busy }, { checkpoints });
	const outcome = expect(first.task.result).rejects.toMatchObject({ code: 'Service', retryable: true });
	await first.clock.advance(10 * 60_000);
	await outcome;
	const second = scriptedTask(
		blob,
		{
			...lost,
			head: async () => {
				const { crc64 } = await second.digest(blob, false);
				return { ...second.receipt, crc64, size: blob.size, lastModified: second.clock.now() };
			},
		},
		{ checkpoints },
	);
	expect(await second.task.result).toMatchObject({ verified: 'object', resumed: blob.size });
});

test('Complete that hangs beside another object: that one is not taken for ours', async () => {
	let heads = 0;
	const { task, clock, receipt } = scriptedTask(blob, {
		complete: (_, __, signal) => hanging(signal),
		head: async () => {
			heads++;
			return { ...receipt, crc64: '1', size: blob.size, lastModified: clock.now() };
		},
	});
	await clock.advance(10 * 60_000);
	expect(heads).toBeGreaterThan(5);
	expect(task.state).toBe('completing');
	await task.abort();
});

test('Complete whose answer shows nothing, and whose HEAD stalls once: it is sent again', async () => {
	let heads = 0;
	const { task, clock, digest, receipt } = scriptedTask(blob, {
		complete: async () => ({ ...receipt, isEvident: false, callback: '{}' }),
		head: async (signal) => {
			if (++heads === 1) return hanging(signal);
			const { crc64 } = await digest(blob, false);
			return { ...receipt, crc64, size: blob.size, lastModified: clock.now() };
		},
	});
	await clock.advance(50_000);
	expect(await task.result).toMatchObject({ verified: 'object', callback: '{}' });
	expect(heads).toBe(2);
});

test('Complete that never answers: 30 minutes end it, and the checkpoint stays for another try', async () => {
	let completes = 0;
	const { task, clock, checkpoints } = scriptedTask(blob, {
		complete: (_, __, signal) => {
			completes++;
			return hanging(signal);
		},
	});
	const outcome = expect(task.result).rejects.toMatchObject({
		code: 'Timeout',
		retryable: true,
		message: expect.stringMatching(/^No answer within 1800 s: .*[Uu]pload the file again/),
	});
	await clock.advance(29 * 60_000);
	expect(task.state).toBe('completing');
	await clock.advance(2 * 60_000);
	await outcome;
	expect(completes).toBe(1);
	expect(await checkpoints.find({ scope: '', bucket: 'b' })).toMatchObject([
		{ checkpoint: { completing: true } },
	]);
});

test('[case 23] a part that stalls is sent again after its deadline, which doubles the first times', async () => {
	const sentAt: number[] = [];
	const { task, clock } = scriptedTask(blob, {
		uploadPart: (_, signal) => {
			sentAt.push(clock.now());
			return hanging(signal);
		},
	});
	await clock.advance(300_000);
	const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
	// 30 s and what 1,000 bytes take at 16 KiB/s; then twice, and four times as much, with a pause of some 100 ms.
	expect(gaps.length).toBeGreaterThanOrEqual(3);
	for (const [index, gap] of gaps.entries()) {
		expect(gap).toBeGreaterThan(30_000 * 2 ** index);
		expect(gap).toBeLessThan(32_000 * 2 ** index);
	}
	await task.abort();
});

test('[F1] a part that stalls for ever ends in Timeout: after six attempts, and when patience has ended', async () => {
	let sent = 0;
	const { task, clock } = scriptedTask(blob, {
		uploadPart: (_, signal) => {
			sent++;
			return hanging(signal);
		},
	});
	const outcome = expect(task.result).rejects.toMatchObject({ code: 'Timeout', retryable: true });
	await clock.advance(3_600_000);
	await outcome;
	// Pauses of 0.2, 0.5, 0.9, 1.8, 3.6, 7.2, 14.4 and then 15 s each have to add up to 180 s: that takes 18 of them.
	expect(sent).toBe(19);
	await settle();
	expect(clock.sleeping).toBe(0);
});

test('a diagnosis that hangs does not hold up the next attempt', async () => {
	let sent = 0;
	const { task, clock } = scriptedTask(blob, {
		initiate: async () => {
			if (++sent < 3) throw new UploadError('Network', 'cut', { retryable: true });
			return 'U';
		},
		missingCors: (_, signal) => hanging(signal),
	});
	await clock.advance(120_000);
	expect(await task.result).toMatchObject({ verified: 'object' });
	expect(sent).toBe(3);
});

test('a redirect that the transport was not told of is what is told of the requests, which may pass', async () => {
	const redirect = new UploadError('Service', 'it redirects', { retryable: true });
	const { task, clock } = scriptedTask(blob, {
		uploadPart: async () => {
			throw new UploadError('Network', 'cut', { retryable: true });
		},
		missingCors: async () => redirect,
	});
	const retries = new Set<unknown>();
	task.on('retry', ({ error }) => retries.add(error));
	const outcome = expect(task.result).rejects.toBe(redirect);
	await clock.advance(3_600_000);
	await outcome;
	expect([...retries]).toEqual([redirect]);
});

test('an object of the same size that was there before is not taken for a PutObject that never arrived', async () => {
	const small = new Blob([new Uint8Array(PART)]);
	let puts = 0;
	const receipt = {
		etag: '"OLD"',
		crc64: undefined,
		location: 'https://x/k',
		requestId: 'ID',
		isEvident: true,
	};
	const { task, clock } = scriptedTask(
		small,
		{
			put: async () => {
				if (++puts === 1) throw new UploadError('Network', 'cut', { retryable: true });
				return { ...receipt, etag: '"NEW"' };
			},
			head: async () => ({ ...receipt, size: PART, lastModified: undefined }),
		},
		{ verify: 'none' },
	);
	await clock.advance(10_000);
	expect(await task.result).toMatchObject({ etag: '"NEW"', verified: 'none' });
	expect(puts).toBe(2);
});

test('half an hour offline spends nothing of the budget', async () => {
	let online = true;
	let sent = 0;
	const { task, clock } = scriptedTask(
		blob,
		{
			initiate: async () => {
				sent++;
				if (sent === 1) online = false;
				// Long offline, and one more blip after the network is back.
				if (sent < 62) throw new UploadError('Network', 'no network', { retryable: true });
				return 'U';
			},
		},
		{ connectivity: { isOnline: () => online, whenOnline: hanging } },
	);
	await clock.advance(30 * 60_000);
	expect(task.state).toBe('offline');
	expect(sent).toBeGreaterThan(40);
	online = true;
	await clock.advance(60_000);
	sent = 61;
	await clock.advance(60_000);
	expect(await task.result).toMatchObject({ verified: 'object' });
});

test('a listener that resumes as soon as it is paused, or pauses as soon as it resumes, leaves nothing hanging', async () => {
	let sent = 0;
	const { task } = scriptedTask(blob, {
		uploadPart: (_, signal) => {
			sent++;
			return hanging(signal);
		},
	});
	await settle();
	expect(sent).toBe(1);
	const stop = task.on('state', (state) => state === 'paused' && task.resume());
	task.pause();
	await settle();
	// The first request was stopped, and the second round has sent its own.
	expect(sent).toBe(2);
	stop();
	const stopAgain = task.on('state', (state) => state === 'waiting' && task.pause());
	task.pause();
	task.resume();
	stopAgain();
	expect(task.state).toBe('paused');
	await task.abort();
	await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
});

describe("[A2] a callback's answer is lost with that of Complete: a warning says so, once", () => {
	const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });

	/** Warnings, and whether the result has an answer of the callback. */
	async function outcomeOf(script: Parameters<typeof scriptedTask>[1], advanceMs: number) {
		const scripted = scriptedTask(blob, {
			carriesCallback: true,
			head: async () => {
				const { crc64 } = await scripted.digest(blob, false);
				return { ...scripted.receipt, crc64, size: blob.size, lastModified: scripted.clock.now() };
			},
			...script,
		});
		const warnings: string[] = [];
		scripted.task.on('warning', ({ code }) => warnings.push(code));
		await scripted.clock.advance(advanceMs);
		expect(await scripted.task.result).not.toHaveProperty('callback');
		return warnings;
	}

	test('when HEAD finds the object beside a Complete that hangs', async () => {
		const complete = (_: unknown, __: unknown, signal: AbortSignal) => hanging(signal);
		expect(await outcomeOf({ complete }, 60_000)).toEqual(['CallbackUnknown']);
	});

	test('when it finds it after a Complete that was sent again', async () => {
		const complete = async () => {
			throw gone();
		};
		expect(await outcomeOf({ complete }, 0)).toEqual(['CallbackUnknown']);
	});

	test('also when a signing server had put the callback there, and the task was paused offline before', async () => {
		let online = true;
		let goOnline = () => {};
		let completed = false;
		const remote = { carriesCallback: false };
		const scripted = scriptedTask(
			blob,
			{
				// A round has a remote of its own, which knows of what it sent itself.
				get carriesCallback() {
					return remote.carriesCallback;
				},
				complete: async () => {
					completed = true;
					remote.carriesCallback = true;
					online = false;
					throw new UploadError('Network', 'cut', { retryable: true });
				},
				listParts: async () => {
					if (completed) throw gone();
					return { parts: [], nextPartNumberMarker: undefined };
				},
				head: async () => {
					const { crc64 } = await scripted.digest(blob, false);
					return { ...scripted.receipt, crc64, size: blob.size, lastModified: scripted.clock.now() };
				},
			},
			{
				connectivity: {
					isOnline: () => online,
					whenOnline: () =>
						new Promise((resolve) => {
							goOnline = resolve;
						}),
				},
			},
		);
		const warnings: string[] = [];
		scripted.task.on('warning', ({ code }) => warnings.push(code));
		await settle();
		expect(scripted.task.state).toBe('offline');
		scripted.task.pause();
		await settle();
		remote.carriesCallback = false;
		online = true;
		goOnline();
		scripted.task.resume();
		expect(await scripted.task.result).toMatchObject({ verified: 'object' });
		expect(warnings).toEqual(['CallbackUnknown']);
	});
});

test('a pause while completing takes effect when OSS refuses a part, and the task goes on from there', async () => {
	let completes = 0;
	let refuse = (_: unknown) => {};
	const { task, receipt, digest } = scriptedTask(blob, {
		complete: async () => {
			if (++completes > 1) return { ...receipt, crc64: (await digest(blob, false)).crc64 };
			return new Promise((_, reject) => {
				refuse = reject;
			});
		},
	});
	await settle();
	task.pause();
	expect(task.state).toBe('completing');
	refuse(new ServiceError('invalid', { status: 400, ossCode: 'InvalidPart', partNumber: 1 }));
	await settle();
	expect(task.state).toBe('paused');
	task.resume();
	expect(await task.result).toMatchObject({ verified: 'object' });
});

test('an upload that OSS has lost twice has begun anew once', async () => {
	let begun = 0;
	const { task } = scriptedTask(blob, {
		initiate: async () => `U${++begun}`,
		uploadPart: async () => {
			throw new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
		},
	});
	await expect(task.result).rejects.toMatchObject({ code: 'UploadGone' });
	expect(begun).toBe(2);
});
