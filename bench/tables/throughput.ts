import type { World } from '../page-run.js';
import { LINE_400_MBIT, LOOPBACK, LOOPBACK_WITHOUT_HASHING, type Profile, WIDE_AREA } from '../profile.js';
import { type Contender, PARALLEL, race, type Samples } from '../race.js';
import { atLeast, atMost, type Figure, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { inMiB, MiB, ratio, seconds, whole } from '../units.js';

const ALI_DEFAULT = 'ali-oss (1 MiB)';
const ALI_SAME = 'ali-oss, 8 MiB';
const UPPY_DEFAULT = 'Uppy aws-s3 (5 MiB)';
const BARE = 'bare fetch, 8 MiB';
const BARE_SMALL = 'bare fetch, 4 MiB';
const CRC64 = 'ours, crc64 (auto)';
const MD5 = 'ours, md5 (auto)';
const NONE = 'ours, none (auto)';

/** A part size in brackets is the candidate's own default; one behind a comma was asked for, with 5 requests at once. */
const named: Readonly<Record<string, Pick<Contender, 'candidate' | 'partSize'>>> = {
	[BARE]: { candidate: 'bare', partSize: 8 * MiB },
	[CRC64]: { candidate: 'crc64' },
	[MD5]: { candidate: 'md5' },
	[NONE]: { candidate: 'none' },
	[ALI_DEFAULT]: { candidate: 'ali-oss' },
	[ALI_SAME]: { candidate: 'ali-oss', partSize: 8 * MiB },
	[UPPY_DEFAULT]: { candidate: 'uppy' },
	'Uppy aws-s3, 8 MiB': { candidate: 'uppy', partSize: 8 * MiB },
	[BARE_SMALL]: { candidate: 'bare', partSize: 4 * MiB },
	'ours, crc64, 4 MiB': { candidate: 'crc64', partSize: 4 * MiB },
	'ours, none, 4 MiB': { candidate: 'none', partSize: 4 * MiB },
};

const contenders = (profile: Profile, names = Object.keys(named)): Contender[] =>
	names.map((name) => ({ candidate: 'bare', ...named[name], name, profile }));

const COLUMNS = [
	'candidate',
	'seconds',
	'MiB/s',
	'rate against bare fetch',
	'main thread in tasks over 50 ms, ms',
	'longest, ms',
	'heap, MiB',
	'all processes, MiB',
	'processor, s',
];

/** Each candidate is compared with bare fetch at its own part size, or the default one of ours. */
const limitOf = (samples: Samples, name: string): string =>
	name.includes('4 MiB') || !samples.has(BARE) ? BARE_SMALL : BARE;

function rowsOf(samples: Samples, size: number): string[][] {
	return [...samples].map(([name, runs]) => {
		const of = (pick: (run: (typeof runs)[number]) => number | undefined) =>
			median(runs.map((run) => pick(run) ?? Number.NaN));
		const ms = of((run) => run.ms);
		return [
			name,
			seconds(ms),
			whole(size / MiB / (ms / 1000)),
			ratio(rateAgainst(samples, name, limitOf(samples, name))),
			whole(of((run) => run.blockedMs)),
			whole(of((run) => run.longestMs)),
			inMiB(of((run) => run.heap)),
			inMiB(of((run) => run.peakMemory)),
			of((run) => run.cpuSeconds).toFixed(1),
		];
	});
}

const times = (samples: Samples, name: string): readonly number[] =>
	(samples.get(name) ?? []).map(({ ms }) => ms);

/** How fast `name` is, when `other` is 1. */
const rateAgainst = (samples: Samples, name: string, other: string): number =>
	medianRatio(times(samples, other), times(samples, name));

export async function onLoopback(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const withoutHashing = [
		{
			...named[BARE],
			candidate: 'bare',
			name: 'bare fetch, 8 MiB, no hash',
			profile: LOOPBACK_WITHOUT_HASHING,
		},
	] as const;
	const samples = await race(world, file, [...contenders(LOOPBACK), ...withoutHashing], rounds);
	return {
		title: `(a) ${whole(size / MiB)} MiB on loopback`,
		text: 'Browser, worker and server share the processors. The server computes the CRC64 of what it receives, as OSS does; against one that does not, bare fetch is seen in the last row. `auto` makes parts of 8 MiB.',
		columns: COLUMNS,
		rows: rowsOf(samples, size),
		figures: loopbackFigures(samples),
	};
}

function loopbackFigures(samples: Samples): readonly Figure[] {
	const figure = (
		name: string,
		pick: (run: { blockedMs: number; heap: number; peakMemory: number | undefined }) => number | undefined,
	) => (samples.get(name) ?? []).map((run) => pick(run) ?? Number.NaN);
	const blocked = (name: string) => median(figure(name, ({ blockedMs }) => blockedMs));
	return [
		atLeast('loopback, crc64, against bare fetch', 0.85, rateAgainst(samples, CRC64, BARE)),
		atLeast('loopback, none, against bare fetch', 0.97, rateAgainst(samples, NONE, BARE)),
		atLeast('crc64 against ali-oss at 8 MiB', 1.5, rateAgainst(samples, CRC64, ALI_SAME)),
		atLeast('crc64 against ali-oss, each at its defaults', 2.5, rateAgainst(samples, CRC64, ALI_DEFAULT)),
		atMost('main thread beyond bare fetch, in tasks over 50 ms', 50, blocked(CRC64) - blocked(BARE), ' ms'),
		atMost('peak heap beyond the page’s own', 16, median(figure(CRC64, ({ heap }) => heap)) / MiB, ' MiB'),
		atMost(
			'peak memory of all processes against bare fetch',
			1.3,
			medianRatio(
				figure(CRC64, ({ peakMemory }) => peakMemory),
				figure(BARE, ({ peakMemory }) => peakMemory),
			),
		),
	];
}

export async function onALine(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const names = [BARE, CRC64, MD5, NONE, ALI_DEFAULT, UPPY_DEFAULT];
	const samples = await race(world, file, contenders(LINE_400_MBIT, names), rounds);
	return {
		title: `(b) ${whole(size / MiB)} MiB at 400 Mbit/s`,
		text: 'The server reads no faster than the line: over all connections together. `auto` makes parts of 8 MiB.',
		columns: COLUMNS,
		rows: rowsOf(samples, size),
		figures: [atLeast('400 Mbit/s, crc64, against bare fetch', 0.98, rateAgainst(samples, CRC64, BARE))],
	};
}

export async function farAway(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const names = [BARE_SMALL, CRC64, ALI_DEFAULT, UPPY_DEFAULT];
	const samples = await race(world, file, contenders(WIDE_AREA, names), rounds);
	const limitMs = (size / (PARALLEL * WIDE_AREA.connectionRate)) * 1000;
	const share = median(times(samples, CRC64).map((ms) => limitMs / ms));
	return {
		title: `(c) ${whole(size / MiB)} MiB over a wide-area line`,
		text: `50 ms before each answer, the preflight's too, and 20 Mbit/s a connection: ${PARALLEL} connections could carry it in ${seconds(limitMs)} s. \`auto\` makes parts of 4 MiB. Uppy sends the parts of one file one after the other.`,
		columns: COLUMNS,
		rows: rowsOf(samples, size),
		figures: [atLeast('wide area, share of parallel × rate of a connection', 0.9, share)],
	};
}
