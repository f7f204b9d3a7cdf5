import { runPage, type World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { PARALLEL, takeTurns } from '../race.js';
import type { Rounds } from '../rounds.js';
import { atMost, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { ratio, seconds, whole } from '../units.js';
import type { FileSet } from './many-files.js';

const HEADS = 'a signed HEAD of each';
const BARE = 'the same, and each file read and its CRC64 compared, by hand';
const OURS = 'ours, `skipSame`';

const CONTENDERS = [
	{ name: HEADS, by: 'heads' },
	{ name: BARE, by: 'bare' },
	{ name: OURS, by: 'ours' },
] as const;

/** Files that lie at their keys already, and are handed over once more. */
export async function skipSame(world: World, set: FileSet, rounds: number | Rounds): Promise<Section> {
	const settings = { sink: world.sink.url, parallel: PARALLEL } as const;
	const seed = { type: 'upload-many', candidate: 'fetch-crc64', ...settings } as const;
	await runPage(world, seed, set.paths, LOOPBACK);
	const samples = await takeTurns(CONTENDERS, rounds, async ({ by }) => {
		const task = { type: 'skip-same', by, ...settings } as const;
		const { report, seen } = await runPage(world, task, set.paths, LOOPBACK);
		if (report.skipSame === undefined) throw new Error('The page reported nothing');
		if (seen.partsStored > 0) throw new Error('Something was sent all the same');
		return report.skipSame;
	});
	const times = (name: string) => (samples.get(name) ?? []).map(({ ms }) => ms);
	const slower = (name: string) => medianRatio(times(name), times(HEADS));
	return {
		title: `(p) ${set.name} that are all there`,
		text: `Loopback, ${PARALLEL} at once, in a browser that has asked for none of them before. The HEADs carry the headers of a signed request, and compare nothing. By hand: each HEAD is signed, and the file’s size, its bytes and their CRC64 are had beside it, by the browser’s own calls and nothing else.`,
		columns: ['candidate', 'seconds', 'files a second', 'time against the HEADs'],
		rows: CONTENDERS.map(({ name }) => {
			const ms = median(times(name));
			return [name, seconds(ms), whole(set.paths.length / (ms / 1000)), ratio(slower(name))];
		}),
		figures: [
			atMost(`${set.name} that are all there: time against a signed HEAD of each`, 1.5, slower(OURS)),
		],
	};
}
