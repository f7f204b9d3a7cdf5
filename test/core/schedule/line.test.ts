import { describe, expect, test } from 'vitest';
import { type Flight, Line } from '../../../src/core/schedule/line.js';
import { SimulatedClock } from './line-watch.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const MINUTE = 60_000;

function lineAt() {
	const clock = new SimulatedClock();
	const line = new Line(clock);
	/** Lets time pass, second by second. */
	const pass = async (ms: number) => {
		for (const end = clock.ms + ms; clock.ms < end; ) {
			clock.ms += 1000;
			await clock.ring();
		}
	};
	/** Milliseconds after which it counts as stalled, at most a day. */
	const stallsAfter = async (flight: Flight) => {
		const from = clock.ms;
		const isStalled = watch(flight);
		while (!isStalled() && clock.ms - from < 24 * 60 * MINUTE) await pass(1000);
		return clock.ms - from;
	};
	/** Requests of so many bytes at once that are answered after so many milliseconds. */
	const measure = async (size: number, ms: number, count = 1) => {
		const flights = Array.from({ length: count }, () => line.begin(size));
		await pass(ms);
		for (const flight of flights) flight.end('answered');
	};
	return { clock, line, pass, stallsAfter, measure };
}

function watch(flight: Flight): () => boolean {
	let isStalled = false;
	flight.onStall = () => {
		isStalled = true;
	};
	return () => isStalled;
}

describe('a request without a body', () => {
	test('stalls after 30 s, with an error that may be retried', async () => {
		const { line, pass } = lineAt();
		const stalled = new Promise((resolve) => {
			line.begin(0).onStall = resolve;
		});
		const outcome = expect(stalled).resolves.toMatchObject({
			name: 'UploadError',
			code: 'Timeout',
			retryable: true,
			message: 'Nothing was heard of the request for 30 s: check the network',
		});
		await pass(30_000);
		await outcome;
	});

	test('has twice and four times as long after time-outs of its own, and never longer', async () => {
		const { line, stallsAfter } = lineAt();
		const waits: number[] = [];
		for (const timeouts of [0, 1, 2, 3, 10]) {
			const flight = line.begin(0, timeouts);
			waits.push(await stallsAfter(flight));
			flight.end('timed-out');
		}
		expect(waits).toEqual([30_000, 60_000, 120_000, 120_000, 120_000]);
	});
});

describe('a body of which nothing is seen', () => {
	test('before anything was measured, five of 4 MiB may take eleven minutes', async () => {
		const { line, stallsAfter } = lineAt();
		// Not the first: nothing is known of the others.
		for (let count = 0; count < 4; count++) line.begin(4 * MiB);
		expect(await stallsAfter(line.begin(4 * MiB))).toBeCloseTo(11.2 * MINUTE, -4);
	});

	test.each([
		[128, 'fetch'],
		[1024, 'fetch'],
		[1024, 'XHR'],
	])('%i of 8 MiB at once: a dead line is noticed within the hour (%s)', async (count, transport) => {
		const { line, stallsAfter } = lineAt();
		const flights = Array.from({ length: count }, () => line.begin(8 * MiB));
		if (transport === 'XHR') for (const flight of flights.slice(0, 6)) flight.moved(100 * KiB);
		const [first] = flights;
		if (!first) throw new Error('None was begun');
		expect(await stallsAfter(first)).toBeLessThanOrEqual(30 * MINUTE);
	});

	test('1,024 of 8 MiB of which one is answered now and then: nobody is given up', async () => {
		const { line, pass } = lineAt();
		const flights = Array.from({ length: 1024 }, () => line.begin(8 * MiB));
		const stalled = flights.map(watch);
		for (const flight of flights.slice(0, 10)) {
			await pass(25 * MINUTE);
			flight.end('answered');
		}
		expect(stalled.filter((isStalled) => isStalled())).toEqual([]);
	});

	test('on a fast line a dead one is noticed after minutes, a small one sooner', async () => {
		const { line, measure, stallsAfter } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(8 * MiB, 1000);
		expect(await stallsAfter(line.begin(8 * MiB))).toBeLessThan(2 * MINUTE);
		expect(await stallsAfter(line.begin(100 * KiB))).toBeLessThan(0.6 * MINUTE);
	});

	test('has as much longer as others share the line', async () => {
		const { line, measure, stallsAfter } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(8 * MiB, 20_000);
		const alone = line.begin(8 * MiB);
		const waitedAlone = await stallsAfter(alone);
		alone.end('failed');
		const [first] = [1, 2, 3, 4].map(() => line.begin(8 * MiB));
		if (first === undefined) throw new Error('none');
		expect((await stallsAfter(first)) - 30_000).toBeCloseTo(4 * (waitedAlone - 30_000), -4);
	});

	test('one answer from a cache, faster than any line, cuts nobody off', async () => {
		const { line, clock, pass, measure } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(8 * MiB, 20_000);
		const cached = line.begin(8 * MiB);
		clock.ms += 1;
		cached.end('answered');
		const isStalled = watch(line.begin(8 * MiB));
		await pass(2 * MINUTE);
		expect(isStalled()).toBe(false);
	});

	test('one that OSS limits to 100 KB a second has the time for that, however fast the line is', async () => {
		const { line, measure, pass } = lineAt();
		for (let turn = 0; turn < 20; turn++) await measure(8 * MiB, 100);
		const isLimitedStalled = watch(line.begin(10 * MiB, 0, 819_200));
		const isOtherStalled = watch(line.begin(10 * MiB));
		await pass(5 * MINUTE);
		expect({ limited: isLimitedStalled(), other: isOtherStalled() }).toEqual({ limited: false, other: true });
	});

	test('one that took as long as its limit asks for says nothing of the line, and one that took longer does', async () => {
		const stall = async (tookMs: number, trafficLimit?: number) => {
			const { line, measure, pass, stallsAfter } = lineAt();
			for (let turn = 0; turn < 20; turn++) await measure(8 * MiB, 100);
			for (let turn = 0; turn < 5; turn++) {
				const flight = line.begin(MiB, 0, trafficLimit);
				await pass(tookMs);
				flight.end('answered');
			}
			return stallsAfter(line.begin(8 * MiB));
		};
		const limitedMs = 11_000;
		expect(await stall(limitedMs, 819_200)).toBeLessThan(2 * MINUTE);
		expect(await stall(3 * limitedMs, 819_200)).toBe(await stall(3 * limitedMs));
	});

	test('an answer to a few bytes says nothing of the line, and neither does one that failed', async () => {
		const plain = lineAt();
		const taught = lineAt();
		await taught.measure(90 * KiB, MINUTE);
		const failed = taught.line.begin(8 * MiB);
		taught.clock.ms += 1;
		failed.end('failed');
		expect(await taught.stallsAfter(taught.line.begin(8 * MiB))).toBe(
			await plain.stallsAfter(plain.line.begin(8 * MiB)),
		);
	});
});

describe('time-outs teach', () => {
	test('each makes the next wait longer, up to four times: a dead line is noticed again and again', async () => {
		const { line, stallsAfter } = lineAt();
		const waits: number[] = [];
		for (let turn = 0; turn < 5; turn++) {
			const flights = [1, 2, 3, 4, 5].map(() => line.begin(4 * MiB));
			waits.push(Math.round(((await stallsAfter(flights[4] as Flight)) - 30_000) / 1000));
			// Five at once teach once.
			for (const flight of flights) flight.end('timed-out');
		}
		expect(waits).toEqual([640, 1280, 2560, 2560, 2560].map((seconds) => expect.closeTo(seconds, -2)));
	});

	test('a line that was measured slower than that is not taken for faster', async () => {
		const { line, measure, stallsAfter } = lineAt();
		for (let turn = 0; turn < 8; turn++) await measure(MiB, 5 * MINUTE);
		const before = line.begin(4 * MiB);
		const waited = await stallsAfter(before);
		before.end('timed-out');
		expect(await stallsAfter(line.begin(4 * MiB))).toBeGreaterThanOrEqual(waited);
	});
});

describe('[B6] where bytes are seen to move', () => {
	test('a body that moves now and then never stalls, and one that has stopped does', async () => {
		const { line, pass, stallsAfter } = lineAt();
		const flight = line.begin(8 * MiB);
		const isStalled = watch(flight);
		for (let sent = 16; sent <= 1600; sent += 16) {
			flight.moved(sent * KiB);
			await pass(40_000);
		}
		expect(isStalled()).toBe(false);
		flight.moved(1600 * KiB);
		expect(await stallsAfter(flight)).toBeLessThan(2 * MINUTE);
	});

	test('once all has left the page, a proxy may hold it for minutes, however fast the line was', async () => {
		const { line, pass, measure } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(4 * MiB, 1000);
		const flight = line.begin(4 * MiB);
		const isStalled = watch(flight);
		flight.moved(4 * MiB);
		await pass(141_000);
		expect(isStalled()).toBe(false);
		await pass(4 * MINUTE);
		expect(isStalled()).toBe(true);
	});

	test('one of which no byte has moved, while others do, waits for a connection', async () => {
		const { line, pass } = lineAt();
		const moving = line.begin(64 * MiB);
		const waiting = watch(line.begin(100 * KiB));
		for (let turn = 1; turn <= 60; turn++) {
			moving.moved(turn * 16 * KiB);
			await pass(20_000);
		}
		expect(waiting()).toBe(false);
		moving.end('answered');
		await pass(3 * MINUTE);
		expect(waiting()).toBe(true);
	});

	test('unless one that went out later has moved: then it has had its turn', async () => {
		const { line, pass } = lineAt();
		const stuck = watch(line.begin(100 * KiB));
		const moving = line.begin(64 * MiB);
		for (let turn = 1; turn <= 5; turn++) {
			moving.moved(turn * 16 * KiB);
			await pass(20_000);
		}
		expect(stuck()).toBe(true);
	});

	test('what it waited for a connection does not count as slowness', async () => {
		const { line, pass, measure, stallsAfter } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(8 * MiB, 1000);
		const moving = line.begin(64 * MiB);
		const waiting = line.begin(8 * MiB);
		for (let turn = 1; turn <= 30; turn++) {
			moving.moved(turn * 16 * KiB);
			await pass(20_000);
		}
		moving.end('failed');
		waiting.moved(16 * KiB);
		await pass(2000);
		waiting.end('answered');
		expect(await stallsAfter(line.begin(8 * MiB))).toBeLessThan(3 * MINUTE);
	});
});

test('behind six that went out earlier one waits for a connection, until one of them has ended', async () => {
	const { line, pass } = lineAt();
	const large = Array.from({ length: 6 }, () => line.begin(8 * MiB));
	const small = watch(line.begin(0));
	await pass(5 * MINUTE);
	expect(small()).toBe(false);
	large[3]?.end('answered');
	await pass(30_000);
	expect(small()).toBe(true);
});

describe('time', () => {
	test('a machine that was asleep has waited for nothing', async () => {
		const { clock, line, pass } = lineAt();
		const isStalled = watch(line.begin(0));
		await pass(20_000);
		clock.ms += 60 * MINUTE;
		await pass(7000);
		expect(isStalled()).toBe(false);
		await pass(3000);
		expect(isStalled()).toBe(true);
	});

	test('an hour asleep does not make the line slower', async () => {
		const { clock, line, measure, stallsAfter } = lineAt();
		for (let turn = 0; turn < 10; turn++) await measure(8 * MiB, 1000);
		const sleeping = line.begin(8 * MiB);
		clock.ms += 60 * MINUTE;
		await clock.ring();
		sleeping.end('answered');
		expect(await stallsAfter(line.begin(8 * MiB))).toBeLessThan(3 * MINUTE);
	});

	test('a hidden page, woken once a minute, still notices a dead request', async () => {
		const { clock, line } = lineAt();
		const isStalled = watch(line.begin(0));
		let minutes = 0;
		for (; !isStalled() && minutes < 60; minutes++) {
			clock.ms += MINUTE;
			await clock.ring();
		}
		expect(minutes).toBeLessThanOrEqual(5);
	});

	test('nothing ticks once nothing is in flight, and it ticks again for the next', async () => {
		const { clock, line, pass } = lineAt();
		const first = line.begin(0);
		const second = line.begin(0);
		expect(clock.sleeping).toBe(1);
		await pass(5000);
		first.end('failed');
		expect(clock.sleeping).toBe(1);
		second.end('answered');
		const third = watch(line.begin(0));
		await pass(0);
		expect(clock.sleeping).toBe(1);
		await pass(30_000);
		expect(third()).toBe(true);
	});
});

describe('the end of a request', () => {
	test('a request that has ended, and is told to end once more, teaches nothing more', async () => {
		const once = lineAt();
		const twice = lineAt();
		for (const { line, clock } of [once, twice]) {
			const flight = line.begin(8 * MiB);
			clock.ms += 1000;
			flight.end('failed');
			if (line === twice.line) flight.end('answered');
		}
		expect(await twice.stallsAfter(twice.line.begin(8 * MiB))).toBe(
			await once.stallsAfter(once.line.begin(8 * MiB)),
		);
	});
});
