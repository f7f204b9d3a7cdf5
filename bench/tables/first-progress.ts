import type { TransportName } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LINE_2_MBIT } from '../profile.js';
import { takeTurns } from '../race.js';
import { atMost, type Section } from '../section.js';
import { median } from '../statistics.js';
import { inMiB, MiB, seconds, whole } from '../units.js';

/** Milliseconds: as long as one looks at a bar before one believes that it stands. */
const WATCH_MS = 20_000;

const CONTENDERS: readonly { readonly name: string; readonly transport: TransportName }[] = [
	{ name: 'ours, fetch', transport: 'fetch' },
	{ name: 'ours, XHR', transport: 'xhr' },
];

/** The upload is stopped when it has been seen to move. */
export async function firstProgress(
	world: World,
	file: string,
	size: number,
	rounds: number,
): Promise<Section> {
	const samples = await takeTurns(CONTENDERS, rounds, async ({ transport }) => {
		const task = {
			type: 'first-progress',
			transport,
			watchMs: WATCH_MS,
			sink: world.sink.url,
		} as const;
		const { report } = await runPage(world, task, [file], LINE_2_MBIT);
		if (report.firstProgress === undefined) throw new Error('The page reported no progress');
		return report.firstProgress;
	});
	const of = (name: string, pick: (one: { ms: number; loaded: number; silentMs: number }) => number) =>
		median((samples.get(name) ?? []).map(pick));
	return {
		title: `(m) First progress of ${whole(size / MiB)} MiB at 2 Mbit/s`,
		text: `From \`upload()\` to the first \`progress\` that tells of a byte, and how many it tells of. The longest silence is that of the first ${WATCH_MS / 1000} seconds, or up to the first progress. Part sizes are the default ones; \`fetch\` tells of whole parts only.`,
		columns: ['transport', 'first progress, s', 'tells of, MiB', 'longest silence, s'],
		rows: CONTENDERS.map(({ name }) => [
			name,
			seconds(of(name, ({ ms }) => ms)),
			inMiB(of(name, ({ loaded }) => loaded)),
			seconds(of(name, ({ silentMs }) => silentMs)),
		]),
		figures: [
			atMost(
				'first progress at 2 Mbit/s, XHR',
				3,
				of('ours, XHR', ({ ms }) => ms / 1000),
				' s',
			),
		],
	};
}
