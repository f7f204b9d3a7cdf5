import { describe, expect, test } from 'vitest';
import type { Remote } from '../../src/core/ports.js';
import { ServiceError, UploadError } from '../../src/errors.js';
import { settle } from '../manual-clock.js';
import { hanging, PART, type ScriptedOptions, scriptedTask } from './scripted-world.js';

const blob = new Blob([new Uint8Array(PART).fill(7)]);
const location = 'https://x/k';

/** An OSS that forbids to overwrite: `first` is what becomes of the PUT that it stores. */
function forbidding(first: Remote['put'], script: Partial<Remote> = {}, options: ScriptedOptions = {}) {
	let puts = 0;
	let heads = 0;
	const scripted = scriptedTask(
		blob,
		{
			put: async (...args) => {
				if (++puts === 1) return first(...args);
				throw new ServiceError('it is there', { status: 409, ossCode: 'FileAlreadyExists' });
			},
			...script,
			head: async (signal) => {
				heads++;
				if (script.head) return script.head(signal);
				const { crc64 } = await scripted.digest(blob, false);
				return { etag: '"E"', crc64, size: PART, location, requestId: 'HEAD', lastModified: undefined };
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

describe('PutObject that was stored without its answer coming back, asked again: HEAD decides', () => {
	test('when the answer hung until its deadline', async () => {
		const { task, clock, puts } = forbidding(hangs);
		await clock.advance(60_000);
		expect(await task.result).toMatchObject({ requestId: 'HEAD', verified: 'object' });
		expect(puts()).toBe(2);
	});

	test('when the HEAD right after it was lost as well', async () => {
		let lost = 0;
		const { task, clock, digest } = forbidding(isLost, {
			head: async () => {
				if (lost++ === 0) throw new UploadError('Network', 'cut', { retryable: true });
				const { crc64 } = await digest(blob, false);
				return { etag: '"E"', crc64, size: PART, location, requestId: 'HEAD', lastModified: undefined };
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
});

describe('an older object is not taken for the PutObject that was refused', () => {
	const older = { etag: '"OLD"', size: PART, location, requestId: 'HEAD', lastModified: 4e12 };
	const outcome = { ossCode: 'FileAlreadyExists', status: 409 };

	test.each([
		['of another checksum', { ...older, crc64: '1' }],
		['whose checksum CORS hides', { ...older, crc64: undefined }],
		['of another size', { ...older, crc64: '1', size: PART + 1 }],
	])('one %s', async (_, found) => {
		for (const verify of ['crc64', 'none'] as const) {
			const { task, clock } = forbidding(hangs, { head: async () => found }, { verify });
			const rejected = expect(task.result).rejects.toMatchObject(outcome);
			await clock.advance(60_000);
			await rejected;
		}
	});

	test('nor is HEAD asked when nothing was sent before', async () => {
		const { task, heads } = forbidding(async () => {
			throw new ServiceError('it is there', { status: 409, ossCode: 'FileAlreadyExists' });
		});
		await expect(task.result).rejects.toMatchObject(outcome);
		expect(heads()).toBe(0);
	});
});
