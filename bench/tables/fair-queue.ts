import type { FairQueueReport } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LINE_400_MBIT, type Profile, WIDE_AREA } from '../profile.js';
import { takeTurns } from '../race.js';
import { atMost, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { MiB, ratio, seconds, whole } from '../units.js';

/** All slots are the large file's: the small one needs the next that is free. */
const PARALLEL = 4;

const LINES: readonly { readonly line: string; readonly profile: Profile }[] = [
	{ line: '400 Mbit/s', profile: LINE_400_MBIT },
	{ line: 'wide area', profile: WIDE_AREA },
];

const CONTENDERS = LINES.flatMap(({ line, profile }) => [
	{ name: `bare, ${line}`, by: 'bare', profile } as const,
	{ name: `ours, ${line}`, by: 'ours', profile } as const,
]);

/** A large file and a small one, with the bytes of each. */
export interface Pair {
	readonly paths: readonly [large: string, small: string];
	readonly sizes: readonly [large: number, small: number];
}

export async function fairQueue(world: World, { paths, sizes }: Pair, rounds: number): Promise<Section> {
	const [large, small] = sizes.map((size) => `${whole(size / MiB)} MiB`);
	const samples = await takeTurns(CONTENDERS, rounds, async ({ by, profile }, round) => {
		// Now early in a part, now late.
		const share = (round + 0.5) / rounds;
		const task = { type: 'fair-queue', by, share, sink: world.sink.url, parallel: PARALLEL } as const;
		const { report } = await runPage(world, task, paths, profile);
		if (report.fairQueue === undefined) throw new Error('The page reported nothing of the queue');
		return report.fairQueue;
	});
	const of = (name: string, pick: (one: FairQueueReport) => number) => (samples.get(name) ?? []).map(pick);
	const beyondRest = (line: string) =>
		medianRatio(
			of(`ours, ${line}`, ({ ms, restMs }) => ms - restMs),
			of(`bare, ${line}`, ({ ms }) => ms),
		);
	return {
		title: `(n) A file of ${small} begun while ${PARALLEL} parts of ${large} are sent`,
		text: `\`parallel: ${PARALLEL}\`, so that it waits until a part is stored; the bare PUT, begun at the same moment of such an upload, waits for nobody. The rest is what is left of that part.`,
		columns: [
			'line',
			'bare PUT, s',
			'ours, s',
			'of it the rest of a part, s',
			'beyond the rest, against bare',
		],
		rows: LINES.map(({ line }) => [
			line,
			seconds(median(of(`bare, ${line}`, ({ ms }) => ms))),
			seconds(median(of(`ours, ${line}`, ({ ms }) => ms))),
			seconds(median(of(`ours, ${line}`, ({ restMs }) => restMs))),
			ratio(beyondRest(line)),
		]),
		figures: LINES.map(({ line }) =>
			atMost(
				`${line}: a small file beside a large one, beyond the rest of a part, against a bare PUT`,
				1.3,
				beyondRest(line),
			),
		),
	};
}
