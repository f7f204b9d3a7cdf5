import { describe, expect, test } from 'vitest';
import { RejectedSignerError, ServiceError, UploadError } from '../../../src/base/errors.js';
import type { ObjectInfo } from '../../../src/core/model.js';
import type { Remote } from '../../../src/core/ports.js';
import { settle } from '../../manual-clock.js';
import { hanging, PART, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

const blob = new Blob([new Uint8Array(PART).fill(7)]);
const location = 'https://x/k';
const found = { etag: '"E"', size: PART, location, requestId: 'HEAD', isEvident: true };
const forbidden = () => new ServiceError('it is there', { status: 409, ossCode: 'FileAlreadyExists' });

const crc64Of = async (bytes: Blob) => (await scriptedTask(new Blob([]), {}).digest(bytes, false)).crc64;

/** An OSS that forbids to overwrite: `first` is what becomes of the PUT that it stores. */
function forbidding(first: Remote['put'], script: Partial<Remote> = {}, options: ScriptedOptions = {}) {
	let puts = 0;
	let heads = 0;
	const scripted = scriptedTask(
		blob,
		{
			put: async (...args) => {
				if (++puts === 1) return first(...args);
				throw forbidden();
			},
			...script,
			head: async (signal): Promise<ObjectInfo | undefined> => {
				heads++;
				if (script.head) return script.head(signal);
				const { crc64 } = await scripted.digest(blob, false);
				return { ...found, crc64, lastModified: scripted.clock.now() };
			},
		},
		options,
	);
	return { ...scripted, puts: () => puts, heads: () => heads };
}

const hangs: Remote['put'] = (_, __, ___, signal) => hanging(signal);
const isLost: Remote['put'] = async () => {
	throw new UploadError('Network', 'cut', { retryable: true });
};

test('[A2] a PutObject whose answer is lost is sent again, without asking what lies there: its settings must be applied', async () => {
	let puts = 0;
	let heads = 0;
	const { task, clock } = scriptedTask(blob, {
		put: async () => {
			if (++puts === 1) throw new UploadError('Network', 'cut', { retryable: true });
			return { ...found, crc64: undefined };
		},
		head: async () => {
			heads++;
			return undefined;
		},
	});
	await clock.advance(60_000);
	expect(await task.result).toMatchObject({ requestId: 'HEAD' });
	expect({ puts, heads }).toEqual({ puts: 2, heads: 0 });
});

describe('[A3] PutObject that is refused since the object is there: HEAD decides', () => {
	test('when the answer to the first hung until its deadline', async () => {
		const { task, clock, puts } = forbidding(hangs);
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
		expect(puts()).toBe(2);
	});

	test('when the browser itself sent it twice, unseen: the first that we know of is refused', async () => {
		const { task, puts, heads } = forbidding(async () => {
			throw forbidden();
		});
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
		expect({ puts: puts(), heads: heads() }).toEqual({ puts: 1, heads: 1 });
	});

	test('when the HEAD fails for a time', async () => {
		let lost = 0;
		const { task, clock, digest } = forbidding(isLost, {
			head: async () => {
				if (lost++ === 0) throw new UploadError('Network', 'cut', { retryable: true });
				const { crc64 } = await digest(blob, false);
				return { ...found, crc64, lastModified: clock.now() };
			},
		});
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ requestId: 'HEAD' });
	});

	test('when the task was paused after the body had gone out', async () => {
		const { task, puts } = forbidding(hangs);
		await settle();
		expect(puts()).toBe(1);
		task.pause();
		task.resume();
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
		expect(task.progress).toMatchObject({ loaded: PART, partsDone: 1 });
	});

	test("with verify 'none' the bytes are read for it", async () => {
		const { task, clock } = forbidding(hangs, {}, { verify: 'none' });
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
	});

	test('one whose checksum CORS hides does, when it is young enough, and nothing is claimed of it', async () => {
		const { task, clock } = forbidding(hangs, {
			head: async () => ({ ...found, crc64: undefined, etag: undefined, lastModified: clock.now() }),
		});
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'none' });
	});

	test('a callback that it carried has an unknown answer: a warning says so, and the result has none', async () => {
		const { task } = forbidding(
			async () => {
				throw forbidden();
			},
			{ carriesCallback: true },
		);
		const warnings: string[] = [];
		task.on('warning', ({ code }) => warnings.push(code));
		expect(await task.result).not.toHaveProperty('callback');
		expect(warnings).toEqual(['CallbackUnknown']);
	});
});

describe('[F1] an object that is not ours is not taken for the PutObject that was refused', () => {
	const now = 1_700_000_000_000;
	const refusal = { ossCode: 'FileAlreadyExists', status: 409 };

	test.each<[string, (crc64: string) => Partial<ObjectInfo>]>([
		['of another checksum', () => ({ crc64: '1', lastModified: now })],
		['of another size', (crc64) => ({ crc64, size: PART + 1, lastModified: now })],
		['older than our first request', (crc64) => ({ crc64, lastModified: now - 16 * 60_000 })],
		['of an unknown age', (crc64) => ({ crc64, lastModified: undefined })],
	])('one %s', async (_, over) => {
		for (const verify of ['crc64', 'none'] as const) {
			const scripted = forbidding(
				hangs,
				{
					head: async () => {
						const { crc64 } = await scripted.digest(blob, false);
						return { ...found, lastModified: undefined, crc64, ...over(crc64) };
					},
				},
				{ verify },
			);
			const rejected = expect(scripted.task.result).rejects.toMatchObject(refusal);
			await scripted.clock.advance(60_000);
			await rejected;
		}
	});

	test("by OSS's clock, where it is known, to the second", async () => {
		for (const [age, isOurs] of [
			[2000, false],
			[0, true],
		] as const) {
			const scripted = forbidding(hangs, {
				serverTime: (at) => at + 3_600_000,
				head: async () => {
					const { crc64 } = await scripted.digest(blob, false);
					return { ...found, crc64, lastModified: now + 3_600_000 - age };
				},
			});
			const outcome = scripted.task.result.then(
				() => true,
				() => false,
			);
			await scripted.clock.advance(60_000);
			expect(await outcome).toBe(isOurs);
		}
	});

	test('by what its clock is known to have been, where the first request was refused for its time', async () => {
		for (const aheadMs of [3_600_000, -3_600_000]) {
			for (const age of [30 * 60_000, 0]) {
				let isTaught = false;
				const scripted = forbidding(
					async () => {
						isTaught = true;
						throw new ServiceError('skewed', { status: 403, ossCode: 'RequestTimeTooSkewed' });
					},
					{
						serverTime: (at) => (isTaught ? at - aheadMs : at - 15 * 60_000),
						head: async () => {
							const { crc64 } = await scripted.digest(blob, false);
							return { ...found, crc64, lastModified: now - aheadMs - age };
						},
					},
				);
				const outcome = scripted.task.result.then(
					() => true,
					() => false,
				);
				await scripted.clock.advance(60_000);
				expect(await outcome).toBe(age === 0);
			}
		}
	});

	test('where HEAD is refused, what OSS said of our first request is told; of a repeated one nobody knows', async () => {
		const refused = async () => {
			throw new ServiceError('no', { status: 403 });
		};
		const first = forbidding(
			async () => {
				throw forbidden();
			},
			{ head: refused },
		);
		await expect(first.task.result).rejects.toMatchObject(refusal);
		const repeated = forbidding(hangs, { head: refused });
		const outcome = expect(repeated.task.result).rejects.toMatchObject({ code: 'UploadGone' });
		await repeated.clock.advance(60_000);
		await outcome;
	});
});

describe('[A5] an object that OSS made of other bytes is ChecksumMismatch, which says that it lies at the key', () => {
	const wrong: Remote['put'] = async () => ({ ...found, crc64: '1' });
	const words = expect.stringContaining('The object that now lies at "k" is not the file');

	test('when it stays so each time it is put', async () => {
		const { task, clock } = scriptedTask(blob, { put: wrong });
		await clock.advance(600_000);
		const error = await task.result.catch((reason: unknown) => reason);
		expect(error).toMatchObject({ code: 'ChecksumMismatch', message: words, retryable: true });
		// It is of no part.
		expect(error).not.toMatchObject({ partNumber: expect.anything() });
	});

	test('when OSS forbids to replace it, with the refusal as its cause', async () => {
		const { task, clock, heads } = forbidding(wrong);
		await clock.advance(60_000);
		await expect(task.result).rejects.toMatchObject({
			...{ code: 'ChecksumMismatch', message: words, retryable: false },
			cause: { ossCode: 'FileAlreadyExists' },
		});
		expect(heads()).toBe(0);
	});

	test('also when the task was paused meanwhile', async () => {
		const { task, clock } = forbidding(wrong);
		await new Promise<void>((resolve) => task.on('retry', () => resolve()));
		task.pause();
		await settle();
		task.resume();
		await clock.advance(60_000);
		await expect(task.result).rejects.toMatchObject({ code: 'ChecksumMismatch', message: words });
	});
});

describe('[A1] PutObject answered with success of which nothing can be read', () => {
	const nothing = {
		etag: undefined,
		crc64: undefined,
		location,
		requestId: undefined,
		isEvident: false,
	};

	test('HEAD finds the object: it is stored, and nothing more is claimed than was read', async () => {
		const { task, clock } = scriptedTask(blob, {
			put: async () => nothing,
			head: async () => ({ ...nothing, size: PART, lastModified: clock.now() }),
		});
		expect(await task.result).toMatchObject({ verified: 'none', etag: undefined });
	});

	test('HEAD finds none: it is sent again, and at last told that somebody else answers', async () => {
		let puts = 0;
		const { task, clock } = scriptedTask(blob, {
			put: async () => {
				puts++;
				return nothing;
			},
		});
		const outcome = expect(task.result).rejects.toMatchObject({ code: 'Service', status: 200 });
		await clock.advance(3_600_000);
		await outcome;
		expect(puts).toBeGreaterThanOrEqual(6);
	});

	test.each([
		['by OSS', new ServiceError('no', { status: 403 }), undefined],
		['by the CORS rule', new UploadError('Network', 'No answer', { retryable: true }), 'It lacks HEAD'],
	])('HEAD is refused %s: Cors at once, naming the headers to expose', async (_, refusal, lacking) => {
		let puts = 0;
		const { task } = scriptedTask(blob, {
			put: async () => {
				puts++;
				return nothing;
			},
			head: async () => {
				throw refusal;
			},
			missingCors: async (operation) => (operation === 'HeadObject' ? lacking : undefined),
		});
		await expect(task.result).rejects.toMatchObject({
			code: 'Cors',
			message: expect.stringContaining('x-oss-hash-crc64ecma'),
		});
		expect(puts).toBe(1);
	});

	test('HEAD gets no answer, and whether the CORS rule lacks it does not show: it ends as what happened', async () => {
		const { task, clock } = scriptedTask(blob, {
			put: async () => nothing,
			head: async () => {
				throw new UploadError('Network', 'No answer', { retryable: true });
			},
			missingCors: (_, signal) => hanging(signal),
		});
		const outcome = expect(task.result).rejects.toMatchObject({ code: 'Network' });
		await clock.advance(3_600_000);
		await outcome;
	});
});

test("a Content-MD5 that was merely sent verifies nothing: only OSS's own ETag or CRC64 does [A1]", async () => {
	const answer = (over: Partial<ObjectInfo>) => async () => ({
		...found,
		etag: undefined,
		crc64: undefined,
		...over,
	});
	expect(await scriptedTask(blob, { put: answer({}) }).task.result).toMatchObject({ verified: 'none' });
	const world = scriptedTask(blob, {});
	const { md5, crc64 } = await world.digest(blob, true);
	await world.task.abort();
	const put = answer({ etag: `"${md5}"` });
	expect(await scriptedTask(blob, { put }).task.result).toMatchObject({ verified: 'none' });
	const byEtag = scriptedTask(blob, { put }, { verify: 'md5' });
	expect(await byEtag.task.result).toMatchObject({ verified: 'parts' });
	const byCrc64 = scriptedTask(blob, { put: answer({ crc64 }) });
	expect(await byCrc64.task.result).toMatchObject({ verified: 'object' });
});

test('[A3] a PutObject that OSS refused for its time made nothing: the clock that it taught tells whose object it is', async () => {
	const ossNow = 1_700_000_000_000 - 3_600_000;
	let isTaught = false;
	const { task, clock, puts } = forbidding(
		async () => {
			isTaught = true;
			throw new ServiceError('skewed', { status: 403, ossCode: 'RequestTimeTooSkewed' });
		},
		{
			serverTime: (at) => at - (isTaught ? 3_600_000 : 15 * 60_000),
			head: async () => ({ ...found, crc64: await crc64Of(blob), lastModified: ossNow + 1000 }),
		},
	);
	await clock.advance(60_000);
	expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
	expect(puts()).toBe(2);
});

test.each([
	[
		'an empty answer of somebody else',
		async () => ({ ...found, etag: undefined, crc64: undefined, isEvident: false }),
	],
	['a refusal, since the browser had sent it twice', async () => Promise.reject(forbidden())],
])('[A3] after %s the clock that HEAD itself teaches tells whose object it is', async (_, put) => {
	for (const age of [32 * 60_000, 0]) {
		// This machine is 22 minutes behind, and has believed that it is right: to 15 minutes.
		const behindMs = 22 * 60_000;
		let isTaught = false;
		const { task, clock } = scriptedTask(blob, {
			put,
			serverTime: (at) => (isTaught ? at + behindMs : at - 15 * 60_000),
			head: async () => {
				isTaught = true;
				const lastModified = clock.now() + behindMs - age;
				return { ...found, crc64: await crc64Of(blob), lastModified };
			},
		});
		const outcome = task.result.then(
			() => 'ours',
			() => 'not ours',
		);
		await clock.advance(3_600_000);
		expect(await outcome).toBe(age === 0 ? 'ours' : 'not ours');
	}
});

test('[A1] a HEAD whose first refusal is taken for the token is asked again by itself: the PutObject is not', async () => {
	let puts = 0;
	let heads = 0;
	const { task } = scriptedTask(blob, {
		put: async () => {
			puts++;
			return { ...found, etag: undefined, crc64: undefined, requestId: undefined, isEvident: false };
		},
		head: async () => {
			const Kind = ++heads === 1 ? RejectedSignerError : ServiceError;
			throw new Kind('no', { status: 403 });
		},
	});
	await expect(task.result).rejects.toMatchObject({ code: 'Cors' });
	expect({ puts, heads }).toEqual({ puts: 1, heads: 2 });
});
