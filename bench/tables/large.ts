import type { World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { race } from '../race.js';
import { atMost, type Section } from '../section.js';
import { inMiB, MiB, seconds, whole } from '../units.js';

/** A file of zeros: what stays in memory does not depend on what is in the file. */
export async function largeFile(world: World, file: string, size: number): Promise<Section> {
	const name = 'ours, crc64 (default)';
	const samples = await race(world, file, [{ name, candidate: 'crc64', profile: LOOPBACK }], 1);
	const [run] = samples.get(name) ?? [];
	return {
		title: `(a′) ${whole(size / MiB)} MiB on loopback, once`,
		text: 'A sparse file.',
		columns: ['candidate', 'seconds', 'parts', 'heap, MiB', 'all processes, MiB'],
		rows: [[name, seconds(run?.ms ?? 0), String(run?.partsStored), inMiB(run?.heap), inMiB(run?.peakMemory)]],
		figures: [
			atMost(
				`peak heap beyond the page’s own, ${whole(size / MiB)} MiB`,
				16,
				(run?.heap ?? Number.NaN) / MiB,
				' MiB',
			),
		],
	};
}
