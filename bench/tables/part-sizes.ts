import type { World } from '../page-run.js';
import {
	LINE_2_MBIT,
	LINE_400_MBIT,
	LINE_400_MBIT_50_MS,
	LINE_400_MBIT_200_MS,
	LOOPBACK,
	type Profile,
	WIDE_AREA,
} from '../profile.js';
import { type Contender, PARALLEL, race, type Samples } from '../race.js';
import type { Section } from '../section.js';
import { median } from '../statistics.js';
import { KiB, MiB, ratio, seconds, whole } from '../units.js';

export interface PartSizesScale {
	/** Bytes of the file, and of the one for the slow line. */
	readonly partSizes: number;
	readonly partSizesSlow: number;
	/** Bytes of a part. */
	readonly sizes: readonly number[];
	readonly sizesRounds: number;
}

const LINES: readonly { readonly line: string; readonly profile: Profile }[] = [
	{ line: 'loopback', profile: LOOPBACK },
	{ line: '400 Mbit/s', profile: LINE_400_MBIT },
	{ line: '400 Mbit/s, 50 ms', profile: LINE_400_MBIT_50_MS },
	{ line: '400 Mbit/s, 200 ms', profile: LINE_400_MBIT_200_MS },
	{ line: 'wide area', profile: WIDE_AREA },
];

const SLOW = { line: '2 Mbit/s', profile: LINE_2_MBIT };

const sizeName = (bytes: number): string =>
	bytes < MiB ? `${whole(bytes / KiB)} KiB` : `${whole(bytes / MiB)} MiB`;

/** Each part costs a preflight; a large one makes the last round of requests uneven. So `'auto'` can be chosen. */
export async function partSizes(
	world: World,
	[file, slowFile]: readonly [file: string, slowFile: string],
	{ partSizes: size, partSizesSlow, sizes, sizesRounds }: PartSizesScale,
): Promise<Section> {
	const samples = new Map(await race(world, file, LINES.flatMap(contendersOf(sizes)), sizesRounds));
	// A round of it takes as long as all the others together.
	for (const [name, runs] of await race(world, slowFile, contendersOf(sizes)(SLOW), 1))
		samples.set(name, runs);
	const lines = [...LINES, SLOW].map(({ line }) => line);
	return {
		title: `(h) Part sizes, ${whole(size / MiB)} MiB, crc64`,
		text: `Seconds, and in brackets how many times those of the fastest part size on this line. 50 and 200 ms are the latency of each answer, the preflight's too; wide area as in (c); at 2 Mbit/s the file has ${whole(partSizesSlow / MiB)} MiB, once. Smaller parts pay for their preflights, larger ones leave connections idle at the end, lose more when one is cut, and with \`fetch\` show no progress for ${PARALLEL} times their size. The last row is the default.`,
		columns: ['part size', ...lines],
		rows: [...sizes, undefined].map((partSize) => [
			partSize === undefined ? "`'auto'`" : sizeName(partSize),
			...lines.map((line) => cell(samples, line, sizes, partSize)),
		]),
	};
}

const nameOf = (line: string, partSize: number | undefined): string =>
	`${partSize === undefined ? 'auto' : sizeName(partSize)}, ${line}`;

const contendersOf =
	(sizes: readonly number[]) =>
	({ line, profile }: { readonly line: string; readonly profile: Profile }): Contender[] =>
		[...sizes, undefined].map((partSize) => ({
			name: nameOf(line, partSize),
			candidate: 'crc64',
			profile,
			...(partSize && { partSize }),
		}));

const timeOf = (samples: Samples, name: string): number =>
	median((samples.get(name) ?? []).map(({ ms }) => ms));

function cell(
	samples: Samples,
	line: string,
	sizes: readonly number[],
	partSize: number | undefined,
): string {
	const fastest = Math.min(...sizes.map((each) => timeOf(samples, nameOf(line, each))));
	const ms = timeOf(samples, nameOf(line, partSize));
	return `${seconds(ms)} (${ratio(ms / fastest)})`;
}
