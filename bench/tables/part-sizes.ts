import type { World } from '../page-run.js';
import { LOOPBACK, WIDE_AREA } from '../profile.js';
import { type Contender, race, type Samples } from '../race.js';
import type { Section } from '../section.js';
import { median } from '../statistics.js';
import { MiB, seconds, whole } from '../units.js';

export interface PartSizesScale {
	/** Bytes of the file. */
	readonly partSizes: number;
	/** MiB of a part. */
	readonly sizes: readonly number[];
	readonly sizesRounds: number;
}

/** Each part costs a preflight; a large one makes the last round of requests uneven. */
export async function partSizes(
	world: World,
	file: string,
	{ partSizes: size, sizes, sizesRounds }: PartSizesScale,
): Promise<Section> {
	const contenders: Contender[] = sizes.flatMap((mebibytes) => [
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
	const samples = await race(world, file, contenders, sizesRounds);
	return {
		title: `(h) Part sizes, ${whole(size / MiB)} MiB, crc64`,
		text: "`partSize: 'auto'` begins at 4 MiB, and goes on to 8 at 256 MiB: smaller parts pay for their preflights, larger ones leave connections idle at the end and lose more when one is cut.",
		columns: ['part size', 'loopback, s', 'wide area, s'],
		rows: sizes.map((mebibytes) => [
			`${mebibytes} MiB`,
			timeOf(samples, `${mebibytes} MiB on loopback`),
			timeOf(samples, `${mebibytes} MiB, wide area`),
		]),
	};
}

const timeOf = (samples: Samples, name: string): string =>
	seconds(median((samples.get(name) ?? []).map(({ ms }) => ms)));
