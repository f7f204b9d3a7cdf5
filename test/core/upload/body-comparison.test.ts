import { beforeAll, describe, expect, test } from 'vitest';
import { ServiceError, UploadError } from '../../../src/base/errors.js';
import type { PartReceipt } from '../../../src/core/model.js';
import type { Body, PartToSend } from '../../../src/core/ports.js';
import { Bodies } from '../../../src/core/upload/bodies.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { blobOf, hanging, type ScriptedOptions, scriptedTask } from '../scripted-world.js';

// Loaded late by those who need it: no clock that is moved by hand brings it.
beforeAll(() => import('../../../src/core/upload/body-comparison.js'));

const KiB = 1024;
const MiB = 1024 * KiB;
/** Of a file of 1 GiB. */
const LARGE = 8 * MiB;
/** What `parallel` is by default. */
const PARALLEL = 5;
const FILE = new Blob([new Uint8Array(6 * LARGE)]);
const MINUTES = 60_000;

const whereOf = (body: Body) => ('size' in body ? 'disk' : 'memory');

const noSuchUpload = (status = 404) => new ServiceError('no such upload', { status });

/** What becomes of bytes: those of parts and objects, and those of probes. */
interface Fates {
	readonly part?: (part: PartToSend, ended: AbortSignal) => Promise<PartReceipt>;
	/** 404 by default. */
	readonly probe?: (where: 'disk' | 'memory', ended: AbortSignal) => Promise<never>;
}

const STORED: PartReceipt = { etag: '"E"', crc64: undefined };

/** A browser that sends nothing from the disk, and does not tell. */
const swallowed: Fates = {
	part: async ({ bytes }, ended) => (whereOf(bytes) === 'disk' ? hanging(ended) : STORED),
	probe: async (where, ended) => {
		if (where === 'disk') return hanging(ended);
		throw noSuchUpload();
	},
};

/** One upload at the settings that are the default, beginning at the moment 0. */
function uploading(fates: Fates, options: ScriptedOptions & { readonly blob?: Blob } = {}) {
	const { clock = new ManualClock(), blob = FILE, ...rest } = options;
	const beganAt = clock.now();
	/** Of each: the second, what, and from where. */
	const sent: string[] = [];
	const probes: PartToSend[] = [];
	const probed: string[] = [];
	const stored: number[] = [];
	const told: string[] = [];
	const seconds = () => (clock.now() - beganAt) / 1000;
	const send = (part: PartToSend, ended: AbortSignal) => {
		sent.push(`${part.partNumber} ${whereOf(part.bytes)}`);
		return fates.part ? fates.part(part, ended) : hanging(ended);
	};
	const probe = (part: PartToSend, ended: AbortSignal) => {
		const where = whereOf(part.bytes);
		probes.push(part);
		probed.push(`${seconds()} ${where}`);
		return fates.probe ? fates.probe(where, ended) : Promise.reject(noSuchUpload());
	};
	const world = scriptedTask(
		blob,
		{
			uploadPart: send,
			put: async (bytes, md5, onSent, ended) => ({
				...world.receipt,
				...(await send({ uploadId: '', partNumber: 1, bytes, md5, onSent }, ended)),
			}),
			complete: async () => world.receipt,
		},
		{ verify: 'none', partSize: LARGE, parallel: PARALLEL, clock, probe, ...rest },
	);
	world.task.on('part', ({ status }) => status === 'stored' && stored.push(seconds()));
	world.task.on('warning', ({ code }) => told.push(code));
	world.task.on('retry', ({ error, delayMs }) => told.push(`${error.code} ${delayMs < 500}`));
	return { ...world, sent, probes, probed, stored, told };
}

const FROM_DISK = ['1 disk', '2 disk', '3 disk', '4 disk', '5 disk'];

describe('a browser that sends nothing from the disk', () => {
	test('is found out 40 s after the first part went out: all go out from memory, and it is said once', async () => {
		const { task, clock, sent, probed, stored, told } = uploading(swallowed);
		await clock.advance(41_000);
		await task.result;
		expect(probed).toEqual(['30 memory', '30 disk', '40 memory']);
		expect(sent.slice(0, 5)).toEqual(FROM_DISK);
		const again = [1, 2, 3, 4, 5, 6].map((partNumber) => `${partNumber} memory`);
		expect(sent.slice(5).sort()).toEqual(again);
		expect(stored).toHaveLength(6);
		expect(stored[0]).toBeLessThan(41);
		expect(told).toEqual([...Array(5).fill('Timeout true'), 'BufferedBodies']);
		expect(clock.sleeping).toBe(0);
	});

	test('a file of one part is sent again too', async () => {
		const { task, clock, sent, told } = uploading(swallowed, { blob: FILE.slice(0, 3 * MiB) });
		await clock.advance(41_000);
		await task.result;
		expect(sent).toEqual(['1 disk', '1 memory']);
		expect(told).toEqual(['Timeout true', 'BufferedBodies']);
	});

	test('is compared once for all uploads of the page, and later ones begin from memory', async () => {
		const shared = { bodies: new Bodies(), clock: new ManualClock() };
		const first = uploading(swallowed, shared);
		await shared.clock.advance(20_000);
		const second = uploading(swallowed, shared);
		await shared.clock.advance(31_000);
		await Promise.all([first.task.result, second.task.result]);
		expect(second.probed).toEqual([]);
		expect(second.sent.slice(0, 6)).toEqual([...FROM_DISK, '1 memory']);
		expect([...first.told, ...second.told].filter((each) => each === 'BufferedBodies')).toHaveLength(1);

		const third = uploading(swallowed, shared);
		await shared.clock.advance(0);
		await third.task.result;
		expect(third.sent).toHaveLength(6);
		expect(third.told).toEqual([]);
		expect([...second.probed, ...third.probed]).toEqual([]);
	});

	test.each([403, 404, 503])(
		'an answer of status %d shows as well that bytes from memory go out',
		async (status) => {
			const { task, clock, told } = uploading({
				...swallowed,
				probe: async (where, ended) => {
					if (where === 'disk') return hanging(ended);
					throw noSuchUpload(status);
				},
			});
			await clock.advance(41_000);
			await task.result;
			expect(told).toContain('BufferedBodies');
		},
	);

	test('is said by the first part that arrives, though a pause came between', async () => {
		const { task, clock, told } = uploading({
			...swallowed,
			part: async ({ bytes }, ended) => {
				// So that no part arrives before the pause.
				if (whereOf(bytes) === 'memory' && told.length <= PARALLEL && !isPaused) return hanging(ended);
				return whereOf(bytes) === 'disk' ? hanging(ended) : STORED;
			},
		});
		let isPaused = false;
		await clock.advance(41_000);
		expect(told).toHaveLength(PARALLEL);
		task.pause();
		isPaused = true;
		task.resume();
		await clock.advance(1000);
		await task.result;
		expect(told.at(-1)).toBe('BufferedBodies');
	});
});

test('a probe is a part of no upload, of the first bytes of the one that hangs: 16 KiB at most', async () => {
	const bytes = Uint8Array.from({ length: 40 * KiB }, (_, at) => at % 251);
	for (const size of [40 * KiB, 5 * KiB]) {
		const { task, clock, probes } = uploading(
			{ part: (_, ended) => hanging(ended) },
			{ blob: new Blob([bytes.subarray(0, size)]) },
		);
		await clock.advance(30_000);
		expect(probes.map(({ bytes: body }) => whereOf(body))).toEqual(['memory', 'disk']);
		for (const probe of probes) {
			expect(probe).toMatchObject({ uploadId: 'body-probe', partNumber: 1, md5: undefined });
			const sent = new Uint8Array(await blobOf(probe.bytes).arrayBuffer());
			expect(sent).toEqual(bytes.subarray(0, Math.min(size, 16 * KiB)));
		}
		await task.abort();
	}
});

describe('nothing changes', () => {
	/** Whatever is answered comes after so many seconds. */
	const slow = (partSeconds: number, probeSeconds: number, clock: ManualClock): Fates => ({
		part: async (_, ended) => {
			await clock.sleep(partSeconds * 1000, ended);
			return STORED;
		},
		probe: async (_, ended) => {
			await clock.sleep(probeSeconds * 1000, ended);
			throw noSuchUpload();
		},
	});

	test('on a line that is merely slow: each part is sent once, and none is asked about after the first is stored', async () => {
		const clock = new ManualClock();
		const { task, sent, probed, told } = uploading(slow(110, 3, clock), { clock });
		await clock.advance(4 * MINUTES);
		await task.result;
		expect(sent).toEqual([...FROM_DISK, '6 disk']);
		expect(probed).toEqual(['30 memory', '33 disk', '90 memory', '93 disk']);
		expect(told).toEqual([]);
	});

	test('on one on which even bytes from memory take 5 s: it is not asked about the disk', async () => {
		const clock = new ManualClock();
		const { task, sent, probed } = uploading(slow(110, 6, clock), { clock });
		await clock.advance(4 * MINUTES);
		await task.result;
		expect(sent).toEqual([...FROM_DISK, '6 disk']);
		expect(probed.every((each) => each.endsWith('memory'))).toBe(true);
	});

	test('on a dead line, which is asked about once a minute', async () => {
		const { task, clock, sent, probed, told } = uploading({ probe: (_, ended) => hanging(ended) });
		await clock.advance(4 * MINUTES);
		expect(sent).toEqual(FROM_DISK);
		expect(probed.length).toBeGreaterThan(1);
		expect(probed.length).toBeLessThanOrEqual(4);
		expect(probed.every((each) => each.endsWith('memory'))).toBe(true);
		expect(told).toEqual([]);
		await task.abort();
	});

	test('to the deadlines of a dead line: 22 minutes for five parts of 8 MiB', async () => {
		const { task, clock, told } = uploading({ probe: (_, ended) => hanging(ended) });
		await clock.advance(21 * MINUTES);
		expect(told).toEqual([]);
		await clock.advance(2 * MINUTES);
		expect(told).toContain('Timeout true');
		await task.abort();
	});

	test('on one that dies after the first probe', async () => {
		let count = 0;
		const { task, clock, sent, told } = uploading({
			probe: async (_, ended) => {
				if (count++ > 0) return hanging(ended);
				throw noSuchUpload();
			},
		});
		await clock.advance(4 * MINUTES);
		expect(count).toBeGreaterThan(2);
		expect(sent).toEqual(FROM_DISK);
		expect(told).toEqual([]);
		await task.abort();
	});

	test.each([
		['the probes are not signed', new UploadError('Credentials', 'no')],
		['no probe gets an answer', new UploadError('Network', 'cut', { retryable: true })],
	])('where %s, from the disk or at all', async (_, error) => {
		for (const refused of [['memory', 'disk'], ['disk']]) {
			const { task, clock, sent, told } = uploading({
				probe: async (where) => {
					throw refused.includes(where) ? error : noSuchUpload();
				},
			});
			await clock.advance(2 * MINUTES);
			expect(sent).toEqual(FROM_DISK);
			expect(told).toEqual([]);
			await task.abort();
		}
	});

	test('and nothing is asked where bytes of the parts are seen to move', async () => {
		const { task, clock, sent, probed } = uploading({
			part: async ({ onSent }, ended) => {
				onSent(1);
				return hanging(ended);
			},
		});
		await clock.advance(4 * MINUTES);
		expect(sent).toEqual(FROM_DISK);
		expect(probed).toEqual([]);
		await task.abort();
	});

	test('to a part of which bytes moved while it was asked', async () => {
		const clock = new ManualClock();
		const { task, sent } = uploading(
			{
				...swallowed,
				part: async ({ onSent }, ended) => {
					await clock.sleep(35_000, ended);
					onSent(1);
					return hanging(ended);
				},
			},
			{ clock },
		);
		await clock.advance(2 * MINUTES);
		expect(sent).toEqual(FROM_DISK);
		await task.abort();
	});

	test('where a part from the disk was answered while it was asked', async () => {
		const clock = new ManualClock();
		const { task, sent, probed } = uploading(
			{
				...swallowed,
				part: async ({ partNumber }, ended) => {
					if (partNumber > 1) return hanging(ended);
					await clock.sleep(35_000, ended);
					return STORED;
				},
			},
			{ clock },
		);
		await clock.advance(4 * MINUTES);
		expect(sent).toEqual([...FROM_DISK, '6 disk']);
		expect(probed).toEqual(['30 memory', '30 disk']);
		await task.abort();
	});

	test('and nothing is asked where any body from the disk was answered in this page', async () => {
		const bodies = new Bodies();
		const before = uploading({ part: async () => STORED }, { bodies });
		await before.task.result;
		const { task, clock, sent, probed } = uploading(swallowed, { bodies });
		await clock.advance(4 * MINUTES);
		expect(sent).toEqual(FROM_DISK);
		expect(probed).toEqual([]);
		await task.abort();
	});

	test('and what went out from memory, being small, shows nothing', async () => {
		const bodies = new Bodies();
		const before = uploading(
			{ part: async () => STORED },
			{ bodies, verify: 'crc64', blob: FILE.slice(0, 9) },
		);
		await before.task.result;
		const { task, clock, probed } = uploading(swallowed, { bodies });
		await clock.advance(30_000);
		expect(probed).toEqual(['30 memory', '30 disk']);
		await task.abort();
	});
});

describe('during a probe', () => {
	test('a pause ends it, and after it somebody asks anew', async () => {
		const { task, clock, sent, probed } = uploading(swallowed);
		await clock.advance(35_000);
		task.pause();
		await settle();
		expect(clock.sleeping).toBe(0);
		task.resume();
		await clock.advance(41_000);
		await task.result;
		expect(probed).toEqual(['30 memory', '30 disk', '65 memory', '65 disk', '75 memory']);
		expect(sent).toHaveLength(16);
	});

	test('an abort ends it', async () => {
		const ended: AbortSignal[] = [];
		const { task, clock } = uploading({
			probe: (_, signal) => {
				ended.push(signal);
				return hanging(signal);
			},
		});
		task.result.catch(() => {});
		await clock.advance(32_000);
		await task.abort();
		await settle();
		expect(ended.map(({ aborted }) => aborted)).toEqual([true]);
		expect(clock.sleeping).toBe(0);
	});
});
