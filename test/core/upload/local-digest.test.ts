import { expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import type { Hasher, Source } from '../../../src/core/ports.js';
import { localDigest } from '../../../src/core/upload/local-digest.js';
import { ManualClock } from '../../manual-clock.js';
import { hanging } from '../scripted-world.js';

const gone = new UploadError('FileUnreadable', 'gone');

/** A file that is looked at so, and whose checksum never comes, unless said otherwise. */
function hashing(
	assertReadable: Source['assertReadable'],
	{
		digest = (_content, _options, signal) => hanging(signal),
		bytes,
		size = 5000,
	}: {
		readonly digest?: Hasher['digest'];
		readonly bytes?: Uint8Array<ArrayBuffer>;
		readonly size?: number;
	} = {},
) {
	const clock = new ManualClock();
	const range = { start: 0, end: size };
	const blob = new Blob([new Uint8Array(5000)]);
	const looks: number[] = [];
	const ended: AbortSignal[] = [];
	const hasher: Hasher = {
		digest: (content, options, signal) => {
			ended.push(signal);
			return digest(content, options, signal);
		},
	};
	const world = {
		clock,
		hasher,
		connectivity: { isOnline: () => true },
		retry: { patienceMs: 1, minDelayMs: 1, maxDelayMs: 1 },
		waitOffline: async () => {},
		source: {
			slice: (start: number, end: number) => ({ blob: blob.slice(start, end), file: blob, start }),
			assertReadable: async (start: number, end: number) => {
				looks.push(clock.now());
				return assertReadable(start, end);
			},
		},
	};
	const task = new AbortController();
	const outcome: { error?: unknown } = {};
	const result = localDigest(world, range, false, task.signal, bytes);
	result.catch((error: unknown) => {
		outcome.error = error;
	});
	return { clock, looks, ended, task, outcome, result };
}

test('a file that is gone is noticed though its checksum never comes, and nothing is hashed any more', async () => {
	const { clock, ended, outcome } = hashing(() => Promise.reject(gone));
	await clock.advance(29_000);
	expect(outcome.error).toBeUndefined();
	await clock.advance(2000);
	expect(outcome.error).toBe(gone);
	expect(ended.map(({ aborted }) => aborted)).toEqual([true]);
});

test('a file that can be read is waited for, and looked at now and then', async () => {
	const { clock, looks, task, outcome } = hashing(async () => {});
	await clock.advance(590_000);
	expect(outcome.error).toBeUndefined();
	expect(looks).toHaveLength(19);
	task.abort(gone);
	await clock.advance(0);
	expect(outcome.error).toBe(gone);
	expect(clock.sleeping).toBe(0);
});

test('a look that never ends holds up nothing, and three in a row prove nothing', async () => {
	let looks = 0;
	const { clock, outcome } = hashing(() => (++looks % 4 === 0 ? Promise.resolve() : new Promise(() => {})));
	await clock.advance(590_000);
	expect(looks).toBeGreaterThan(12);
	expect(outcome.error).toBeUndefined();
});

const unreadable = (message: RegExp) => ({
	code: 'FileUnreadable',
	retryable: true,
	message: expect.stringMatching(message),
});
const silent = unreadable(/^No answer within 160 s from the disk: .*pick it again$/);

test('a file that does not answer to four looks in a row is unreadable for now', async () => {
	const { clock, ended, outcome } = hashing(() => new Promise(() => {}));
	await clock.advance(160_000);
	expect(outcome.error).toMatchObject(silent);
	expect(ended.map(({ aborted }) => aborted)).toEqual([true]);
	expect(clock.sleeping).toBe(0);
});

test('a checksum that never comes of a file that answers is given up, the later the more there is to read', async () => {
	const { clock, outcome } = hashing(async () => {});
	await clock.advance(600_000);
	expect(outcome.error).toBeUndefined();
	await clock.advance(30_000);
	expect(outcome.error).toMatchObject(
		unreadable(/^The file answers, but was not read within 600 s: .*is not sent again$/),
	);
	const large = hashing(async () => {}, { size: 2 ** 30 });
	await large.clock.advance(1_800_000);
	expect(large.outcome.error).toBeUndefined();
	await large.clock.advance(1_200_000);
	expect(large.outcome.error).toMatchObject(unreadable(/^The file answers/));
});

test('looks that are not answered count in the time that reading may take', async () => {
	let looks = 0;
	const { clock, outcome } = hashing(() => (++looks % 4 === 0 ? Promise.resolve() : new Promise(() => {})));
	await clock.advance(640_000);
	expect(outcome.error).toMatchObject(unreadable(/^The file answers/));
	expect(clock.sleeping).toBe(0);
});

test('what is in memory needs no look, and leaves no timer', async () => {
	const { clock } = hashing(async () => {}, { bytes: new Uint8Array(5000) });
	await clock.advance(0);
	expect(clock.sleeping).toBe(0);
});

test('a checksum that comes leaves no timer', async () => {
	const { clock, result } = hashing(async () => {}, { digest: async () => ({ crc64: '1' }) });
	expect(await result).toEqual({ crc64: '1' });
	expect(clock.sleeping).toBe(0);
});
