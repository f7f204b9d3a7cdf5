import type { World } from '../page-run.js';
import { LINE_100_MBIT } from '../profile.js';
import { type Contender, race } from '../race.js';
import { atLeast, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { inMiB, MiB, ratio, seconds, whole } from '../units.js';

const WITHOUT = 'ours, crc64';
const WITH = 'ours, crc64, `keepCopy`';

const CONTENDERS: readonly Contender[] = [
	{ name: WITHOUT, candidate: 'crc64', profile: LINE_100_MBIT },
	{ name: WITH, candidate: 'copy', profile: LINE_100_MBIT },
];

/** A copy of the file is written while it is sent. */
export async function keepCopy(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const samples = await race(world, file, CONTENDERS, rounds);
	const times = (name: string) => (samples.get(name) ?? []).map(({ ms }) => ms);
	const rate = medianRatio(times(WITHOUT), times(WITH));
	return {
		title: `(r) ${whole(size / MiB)} MiB at 100 Mbit/s, and a copy of the file is kept`,
		text: 'Long enough for a copy, which is begun when more than ten seconds of the upload remain. The page looks each second whether it is there.',
		columns: ['candidate', 'seconds', 'rate against that without', 'longest task, ms', 'all processes, MiB'],
		rows: [...samples].map(([name, runs]) => [
			name,
			seconds(median(runs.map(({ ms }) => ms))),
			ratio(name === WITH ? rate : 1),
			whole(median(runs.map(({ longestMs }) => longestMs))),
			inMiB(median(runs.map(({ peakMemory = Number.NaN }) => peakMemory))),
		]),
		figures: [atLeast('with a copy of the file, against without', 0.9, rate)],
	};
}
