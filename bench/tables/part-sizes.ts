import type { World } from '../page-run.js';
import { LOOPBACK, WIDE_AREA } from '../profile.js';
import { type Contender, race, type Samples } from '../race.js';
import type { Section } from '../section.js';
import { median } from '../statistics.js';
import { MiB, seconds, whole } from '../units.js';

const SIZES = [1, 2, 4, 8, 16, 32];

/** Each part costs a preflight; a large one makes the last round of requests uneven. */
export async function partSizes(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const contenders: Contender[] = SIZES.flatMap((mebibytes) => [
		{
			name: `${mebibytes} MiB on loopback`,
			candidate: 'crc64',
			profile: LOOPBACK,
			partSize: mebibytes * MiB,
		},
		{
			name: `${mebibytes} MiB, wide area`,
			candidate: 'crc64',
			profile: WIDE_AREA,
			partSize: mebibytes * MiB,
		},
	]);
	const samples = await race(world, file, contenders, rounds);
	return {
		title: `(h) Part sizes, ${whole(size / MiB)} MiB, crc64`,
		text: "`partSize: 'auto'` begins at 4 MiB: smaller parts pay for their preflights, larger ones leave connections idle at the end and lose more when one is cut.",
		columns: ['part size', 'loopback, s', 'wide area, s'],
		rows: SIZES.map((mebibytes) => [
			`${mebibytes} MiB`,
			timeOf(samples, `${mebibytes} MiB on loopback`),
			timeOf(samples, `${mebibytes} MiB, wide area`),
		]),
	};
}

const timeOf = (samples: Samples, name: string): string =>
	seconds(median((samples.get(name) ?? []).map(({ ms }) => ms)));
