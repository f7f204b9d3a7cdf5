import { describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import type { Body } from '../../../src/core/ports.js';
import { Bodies, HINT, PROOF } from '../../../src/core/upload/bodies.js';
import { settle } from '../../manual-clock.js';
import { hanging, PART, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

const MiB = 1024 * 1024;
/** The line waits for minutes before it gives up a part of this size. */
const LARGE = 8 * MiB;
const HOUR = 3_600_000;
const { signal } = new AbortController();

const isOnDisk = (body: Body): body is Blob => 'size' in body;

/** What OSS makes of bytes, and of no bytes. */
const EMPTIED = { etag: '"D41D8CD98F00B204E9800998ECF8427E"', crc64: '0' };

/** A browser that does not send from the disk: `hang`, or nothing is what arrives. Tells of each attempt how it went out. */
function stubborn(how: 'hang' | 'empty', parts: number, options: ScriptedOptions = {}) {
	/** As OSS does, which checks what it gets. */
	const refuseEmpty = (md5: string | undefined) => {
		if (md5 === undefined) return EMPTIED;
		throw new ServiceError('other bytes', { status: 400, ossCode: 'InvalidDigest' });
	};
	const sent: string[] = [];
	const warnings: string[] = [];
	const blob = new Blob([new Uint8Array(parts * PART).fill(7)]);
	const world = scriptedTask(
		blob,
		{
			uploadPart: async ({ partNumber, bytes, md5: asked }, ended) => {
				sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
				if (!isOnDisk(bytes)) {
					const { crc64, md5 } = await world.digest(bytes, true);
					return { etag: `"${md5}"`, crc64 };
				}
				return how === 'empty' ? refuseEmpty(asked) : hanging(ended);
			},
		},
		options,
	);
	world.task.on('warning', ({ code }) => warnings.push(code));
	return { ...world, sent, warnings };
}

describe('a browser in which parts from the disk hang', () => {
	test('each part that hung goes out from memory, and from the second one on all do; it is said once', async () => {
		const { task, clock, sent, warnings } = stubborn('hang', 4);
		await clock.advance(HOUR);
		await clock.advance(HOUR);
		expect((await task.result).verified).toBe('object');
		expect(sent).toEqual(['1 disk', '1 memory', '2 disk', '2 memory', '3 memory', '4 memory']);
		expect(warnings).toEqual(['BufferedBodies']);
	});

	test('another upload of the page begins from memory, and says nothing', async () => {
		const bodies = new Bodies();
		bodies.wentOut(PROOF);
		const { task, clock, sent, warnings } = stubborn('hang', 2, { bodies });
		await clock.advance(0);
		await task.result;
		expect(sent).toEqual(['1 memory', '2 memory']);
		expect(warnings).toEqual([]);
	});
});

describe('a browser in which parts from the disk arrive empty', () => {
	test.each(['crc64', 'full', 'none'] as const)(
		'verify %s: the first one shows it, and all go out from memory',
		async (verify) => {
			const { task, clock, sent, warnings } = stubborn('empty', 3, { verify });
			await clock.advance(1000);
			await task.result;
			expect(sent).toEqual(['1 disk', '1 memory', '2 memory', '3 memory']);
			expect(warnings).toEqual(['BufferedBodies']);
		},
	);
});

test('verify md5: OSS refuses what arrives empty; where eight in a row did, all go out from memory', async () => {
	const { task, clock, sent, warnings } = stubborn('empty', 10, { verify: 'md5' });
	await clock.advance(10_000);
	await task.result;
	const both = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((part) => [`${part} disk`, `${part} memory`]);
	expect(sent).toEqual([...both, '9 memory', '10 memory']);
	expect(warnings).toEqual(['BufferedBodies']);
});

test('verify md5: a line that changes bytes of the first parts says nothing of the browser', async () => {
	const sent: string[] = [];
	const warnings: string[] = [];
	const { task, clock, digest } = scriptedTask(
		new Blob([new Uint8Array(6 * PART)]),
		{
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
				if (sent.length <= 3)
					throw new ServiceError('other bytes', { status: 400, ossCode: 'InvalidDigest' });
				const { crc64, md5 } = await digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		},
		{ verify: 'md5', parallel: 3 },
	);
	task.on('warning', ({ code }) => warnings.push(code));
	await clock.advance(10_000);
	await task.result;
	expect(sent.filter((each) => each.endsWith('disk'))).toHaveLength(6);
	expect(warnings).toEqual([]);
});

test("a part that arrives empty is sent again, though another part's proof came while it was under way", async () => {
	const sent: string[] = [];
	let arrive = () => {};
	const { task, clock, receipt } = scriptedTask(
		new Blob([new Uint8Array(3 * PART)]),
		{
			uploadPart: async ({ partNumber, bytes }) => {
				sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
				if (!isOnDisk(bytes)) return { etag: `"E-${partNumber}"`, crc64: '7' };
				if (partNumber === 2) await new Promise<void>((resolve) => (arrive = resolve));
				return EMPTIED;
			},
			complete: async () => receipt,
		},
		{ parallel: 2, verify: 'none' },
	);
	task.on('warning', () => {});
	await clock.advance(1000);
	expect(sent.toSorted()).toEqual(['1 disk', '1 memory', '2 disk', '3 memory']);
	arrive();
	await clock.advance(1000);
	await task.result;
	expect(sent.at(-1)).toBe('2 memory');
});

test('a part that hung once on a bad line goes out from memory, the others from the disk', async () => {
	const sent: string[] = [];
	const { task, clock, digest } = scriptedTask(new Blob([new Uint8Array(3 * PART)]), {
		uploadPart: async ({ partNumber, bytes }, ended) => {
			sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
			if (sent.length === 1) return hanging(ended);
			const { crc64, md5 } = await digest(bytes, true);
			return { etag: `"${md5}"`, crc64 };
		},
	});
	const warnings: string[] = [];
	task.on('warning', ({ code }) => warnings.push(code));
	await clock.advance(HOUR);
	await task.result;
	expect(sent).toEqual(['1 disk', '1 memory', '2 disk', '3 disk']);
	expect(warnings).toEqual([]);
});

/** Two at a time are sent, of which these hang, but not from memory. Tells of each attempt how it went out. */
function moody(parts: number, hangs: (partNumber: number) => boolean) {
	const sent: string[] = [];
	const warnings: string[] = [];
	const world = scriptedTask(
		new Blob([new Uint8Array(parts * PART)]),
		{
			uploadPart: async ({ partNumber, bytes }, ended) => {
				sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
				if (isOnDisk(bytes) && hangs(partNumber)) return hanging(ended);
				const { crc64, md5 } = await world.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			},
		},
		{ parallel: 2 },
	);
	world.task.on('warning', ({ code }) => warnings.push(code));
	return { ...world, sent, warnings };
}

test('parts that hang while another is answered prove it', async () => {
	const { task, clock, sent, warnings } = moody(6, (partNumber) => partNumber !== 2);
	await clock.advance(HOUR);
	await clock.advance(HOUR);
	await task.result;
	expect(sent.filter((each) => /^[56]/.test(each))).toEqual(['5 memory', '6 memory']);
	expect(warnings).toEqual(['BufferedBodies']);
});

test('one request that hung among many that were answered says nothing of the browser', async () => {
	const { task, clock, sent, warnings } = moody(12, (partNumber) => partNumber === 1);
	await clock.advance(HOUR);
	await task.result;
	expect(sent.filter((each) => each.endsWith('memory'))).toEqual(['1 memory']);
	expect(warnings).toEqual([]);
});

test('bytes that were seen to move went out: what stalls then is the line', async () => {
	const sent: string[] = [];
	const { task, clock, digest } = scriptedTask(new Blob([new Uint8Array(2 * PART)]), {
		uploadPart: async ({ partNumber, bytes, onSent }, ended) => {
			sent.push(`${partNumber} ${isOnDisk(bytes) ? 'disk' : 'memory'}`);
			if (sent.length === 1) {
				onSent(100);
				return hanging(ended);
			}
			const { crc64, md5 } = await digest(bytes, true);
			return { etag: `"${md5}"`, crc64 };
		},
	});
	await clock.advance(HOUR);
	await task.result;
	expect(sent).toEqual(['1 disk', '1 disk', '2 disk']);
});

test('a file that is gone while it is sent is noticed within 30 s, though its request hangs and nothing is hashed', async () => {
	let isGone = false;
	const { task, clock } = scriptedTask(
		new Blob([new Uint8Array(2 * LARGE)]),
		{ uploadPart: async (_, ended) => hanging(ended) },
		{
			verify: 'none',
			partSize: LARGE,
			assertReadable: async () => {
				if (isGone) throw new UploadError('FileUnreadable', 'gone');
			},
		},
	);
	await clock.advance(30_000);
	expect(task.state).toBe('uploading');
	isGone = true;
	await clock.advance(30_000);
	await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable' });
});

describe('memory', () => {
	/** Brings so many MiB into memory, until it is told to let go. */
	function lend(bodies: Bodies, size: number, ended = signal) {
		const lent = { isIn: false, letGo: () => {}, done: Promise.resolve() };
		lent.done = bodies.inMemory(size * MiB, ended, () => {
			lent.isIn = true;
			return new Promise((resolve) => {
				lent.letGo = resolve;
			});
		});
		return lent;
	}

	test('at most 256 MiB are in it at a time', async () => {
		const bodies = new Bodies();
		const lent = [100, 100, 100, 56].map((size) => lend(bodies, size));
		await settle();
		expect(lent.map(({ isIn }) => isIn)).toEqual([true, true, false, false]);
		lent[0]?.letGo();
		await settle();
		expect(lent.map(({ isIn }) => isIn)).toEqual([true, true, true, true]);
	});

	test('a part that is larger is alone in it', async () => {
		const bodies = new Bodies();
		const small = lend(bodies, 1);
		const large = lend(bodies, 300);
		await settle();
		expect(large.isIn).toBe(false);
		small.letGo();
		await settle();
		expect(large.isIn).toBe(true);
		const next = lend(bodies, 1);
		await settle();
		expect(next.isIn).toBe(false);
		large.letGo();
		await settle();
		expect(next.isIn).toBe(true);
	});

	test('what came first gets it first, however large it is', async () => {
		const bodies = new Bodies();
		const lent = [64, 64, 64, 200, 64, 64].map((size) => lend(bodies, size));
		const order: number[] = [];
		for (let ended = 0; ended < lent.length; ended++) {
			await settle();
			lent.forEach(({ isIn }, index) => {
				if (isIn && !order.includes(index)) order.push(index);
			});
			lent[ended]?.letGo();
		}
		expect(order).toEqual([0, 1, 2, 3, 4, 5]);
	});

	test('one that gives up lets nobody past those who came before it', async () => {
		const bodies = new Bodies();
		const ending = new AbortController();
		const first = lend(bodies, 100);
		const large = lend(bodies, 200);
		const leaving = lend(bodies, 100, ending.signal);
		const next = lend(bodies, 100);
		await settle();
		ending.abort(new Error('paused'));
		await expect(leaving.done).rejects.toThrow('paused');
		await settle();
		expect([large.isIn, next.isIn]).toEqual([false, false]);
		first.letGo();
		await settle();
		expect([large.isIn, next.isIn]).toEqual([true, false]);
	});

	test('one that ends while it waits, or while its read hangs, holds up nobody', async () => {
		const bodies = new Bodies();
		const ending = new AbortController();
		const first = lend(bodies, 200, ending.signal);
		const waiting = lend(bodies, 200, ending.signal);
		const next = lend(bodies, 200);
		await settle();
		ending.abort(new Error('paused'));
		await expect(first.done).rejects.toThrow('paused');
		await expect(waiting.done).rejects.toThrow('paused');
		await settle();
		expect(next.isIn).toBe(true);
	});
});

test('two hints are a proof, and it is told once', () => {
	const bodies = new Bodies();
	expect(bodies.wentOut(HINT)).toBe(false);
	expect(bodies.areFromMemory).toBe(false);
	expect(bodies.wentOut(HINT)).toBe(true);
	expect(bodies.areFromMemory).toBe(true);
	expect(bodies.wentOut(PROOF)).toBe(false);
});

test('what was proven by comparison is told when the first part has gone out from memory', () => {
	const bodies = new Bodies();
	bodies.prove();
	expect(bodies.areFromMemory).toBe(true);
	expect(bodies.wentOut(0)).toBe(true);
	expect(bodies.wentOut(0)).toBe(false);
});
