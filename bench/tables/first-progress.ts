import type { FirstProgressReport, TransportName } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LINE_2_MBIT } from '../profile.js';
import { takeTurns } from '../race.js';
import { atMost, type Section } from '../section.js';
import { median } from '../statistics.js';
import { inMiB, MiB, seconds, whole } from '../units.js';

const XHR = 'ours, XHR';

const CONTENDERS: readonly { readonly name: string; readonly transport: TransportName }[] = [
	{ name: 'ours, fetch', transport: 'fetch' },
	{ name: XHR, transport: 'xhr' },
];

export async function firstProgress(
	world: World,
	file: string,
	size: number,
	rounds: number,
): Promise<Section> {
	const samples = await takeTurns(CONTENDERS, rounds, async ({ transport }) => {
		const task = { type: 'first-progress', transport, sink: world.sink.url } as const;
		const { report } = await runPage(world, task, [file], LINE_2_MBIT);
		if (report.firstProgress === undefined) throw new Error('The page reported no progress');
		return report.firstProgress;
	});
	const of = (name: string, pick: (one: FirstProgressReport) => number) =>
		median((samples.get(name) ?? []).map(pick));
	return {
		title: `(m) First progress of ${whole(size / MiB)} MiB at 2 Mbit/s`,
		text: 'From `upload()` to the first `progress` that tells of a byte, and how many it tells of. Part sizes are the default ones: `fetch` tells of whole parts only. XHR tells of what the system has taken from the browser, which on loopback, with its segments of 64 KiB, is more than a MiB of each connection; on a real line it is less, and as early.',
		columns: ['transport', 'first progress, s', 'tells of, MiB'],
		rows: CONTENDERS.map(({ name }) => [
			name,
			seconds(of(name, ({ ms }) => ms)),
			inMiB(of(name, ({ loaded }) => loaded)),
		]),
		figures: [
			atMost(
				'first progress at 2 Mbit/s, XHR',
				3,
				of(XHR, ({ ms }) => ms / 1000),
				' s',
			),
		],
	};
}
