import { expect, test } from 'vitest';
import { UploadError } from '../../src/errors.js';
import { settle } from '../manual-clock.js';
import { hanging, PART, scriptedTask } from './scripted-world.js';

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
				lastModified: undefined,
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

test('Complete that hangs beside another object: that one is not taken for ours', async () => {
	let heads = 0;
	const { task, clock, receipt } = scriptedTask(blob, {
		complete: (_, __, signal) => hanging(signal),
		head: async () => {
			heads++;
			return { ...receipt, crc64: '1', size: blob.size, lastModified: undefined };
		},
	});
	await clock.advance(10 * 60_000);
	expect(heads).toBeGreaterThan(5);
	expect(task.state).toBe('completing');
	await task.abort();
});

test('Complete that never answers: 30 minutes end it, and the checkpoint stays for another try', async () => {
	let completes = 0;
	const { task, clock, checkpoints } = scriptedTask(blob, {
		complete: (_, __, signal) => {
			completes++;
			return hanging(signal);
		},
	});
	const outcome = expect(task.result).rejects.toMatchObject({ code: 'Timeout', retryable: true });
	await clock.advance(29 * 60_000);
	expect(task.state).toBe('completing');
	await clock.advance(2 * 60_000);
	await outcome;
	expect(completes).toBe(1);
	expect(await checkpoints.find({ scope: '', bucket: 'b' })).toMatchObject([
		{ checkpoint: { completing: true } },
	]);
});

test('[case 23] a part that stalls is sent again after its deadline, which doubles each time', async () => {
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

test('a part that stalls for ever ends in Timeout, after as many attempts as allowed', async () => {
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
	expect(sent).toBe(6);
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
		diagnose: (signal) => hanging(signal),
	});
	await clock.advance(120_000);
	expect(await task.result).toMatchObject({ verified: 'object' });
	expect(sent).toBe(3);
});
