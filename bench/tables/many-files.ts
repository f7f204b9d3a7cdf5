import type { ManyCandidateName, UploadReport } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { PARALLEL, takeTurns } from '../race.js';
import type { Rounds } from '../rounds.js';
import { atLeast, type Figure, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { MiB, ratio, seconds, whole } from '../units.js';

/** Files that are picked at once. */
export interface FileSet {
	/** Such as `1,000 files of 20 KiB`. */
	readonly name: string;
	readonly paths: readonly string[];
	/** Bytes of all. */
	readonly size: number;
	/** The least rates with crc64 against a bare PUT by the same transport; left out: there is no figure to reach. */
	readonly least?: { readonly fetch: number; readonly xhr: number };
	/** What has to be known to read the table. */
	readonly note?: string;
}

const BARE_FETCH = 'bare fetch PUT';
const BARE_XHR = 'bare XHR PUT';
const ALI = 'ali-oss put';
const UPPY = 'Uppy aws-s3, no parts';
const XHR_NONE = 'ours, XHR, none';

const CONTENDERS: readonly { readonly name: string; readonly candidate: ManyCandidateName }[] = [
	{ name: BARE_FETCH, candidate: 'bare-fetch' },
	{ name: BARE_XHR, candidate: 'bare-xhr' },
	{ name: ALI, candidate: 'ali-oss' },
	{ name: UPPY, candidate: 'uppy' },
	{ name: 'ours, fetch, crc64', candidate: 'fetch-crc64' },
	{ name: 'ours, fetch, none', candidate: 'fetch-none' },
	{ name: 'ours, XHR, crc64', candidate: 'xhr-crc64' },
	{ name: XHR_NONE, candidate: 'xhr-none' },
];

type Samples = ReadonlyMap<string, readonly UploadReport[]>;

/** A table for each set. */
export async function manyFiles(
	world: World,
	letter: string,
	set: FileSet,
	rounds: number | Rounds,
): Promise<Section> {
	const samples = await takeTurns(CONTENDERS, rounds, ({ candidate }) => run(world, candidate, set.paths));
	return {
		title: `(${letter}) ${set.name}`,
		text: `Loopback, ${PARALLEL} at once, each file one object, ${whole(set.size / MiB)} MiB in all; each candidate in a browser of its own; rounds: ${times(samples, BARE_FETCH).length}. ali-oss and Uppy verify nothing.${set.note ? ` ${set.note}` : ''}`,
		columns: [
			'candidate',
			'seconds',
			'files a second',
			'rate against bare fetch',
			'rate against bare XHR',
			'tasks over 50 ms',
			'longest, ms',
			'heap, MiB',
		],
		rows: CONTENDERS.map(({ name }) => rowOf(samples, name, set.paths.length)),
		figures: figuresOf(samples, set),
	};
}

async function run(world: World, candidate: ManyCandidateName, paths: readonly string[]) {
	const task = { type: 'upload-many', candidate, sink: world.sink.url, parallel: PARALLEL } as const;
	const { report } = await runPage(world, task, paths, LOOPBACK);
	if (report.upload === undefined) throw new Error('The page reported no upload');
	return report.upload;
}

const times = (samples: Samples, name: string): readonly number[] =>
	(samples.get(name) ?? []).map(({ ms }) => ms);

/** How fast `name` is, when `other` is 1. */
const rateAgainst = (samples: Samples, name: string, other: string): number =>
	medianRatio(times(samples, other), times(samples, name));

function rowOf(samples: Samples, name: string, count: number): string[] {
	const of = (pick: (run: UploadReport) => number) => median((samples.get(name) ?? []).map(pick));
	const ms = of((run) => run.ms);
	return [
		name,
		seconds(ms),
		whole(count / (ms / 1000)),
		ratio(rateAgainst(samples, name, BARE_FETCH)),
		ratio(rateAgainst(samples, name, BARE_XHR)),
		whole(of((run) => run.longTasks)),
		whole(of((run) => run.longestMs)),
		(of((run) => run.heap) / MiB).toFixed(1),
	];
}

function figuresOf(samples: Samples, { name: set, least }: FileSet): readonly Figure[] {
	if (least === undefined) return [];
	const transports = [
		['fetch', BARE_FETCH],
		['XHR', BARE_XHR],
	] as const;
	const against = (name: string, other: string, must: number) =>
		atLeast(`${set}: ${name}, against ${other}`, must, rateAgainst(samples, name, other));
	return [
		...transports.flatMap(([transport, bare]) => [
			against(`ours, ${transport}, crc64`, bare, transport === 'XHR' ? least.xhr : least.fetch),
			against(`ours, ${transport}, none`, bare, 0.95),
			against(`ours, ${transport}, crc64`, ALI, 1),
		]),
		against(XHR_NONE, UPPY, 1),
	];
}
