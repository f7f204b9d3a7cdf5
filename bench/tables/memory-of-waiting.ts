import { startVisitor } from '../chromium.js';
import type { WaitInLineReport } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { takeTurns } from '../race.js';
import { atMost, type Section } from '../section.js';
import { median } from '../statistics.js';
import { whole } from '../units.js';

/** What is garbage is no memory of the tasks: the page itself collects it, outside of what is timed. */
const FLAGS = ['--js-flags=--expose-gc'];

const OURS = 'ours, crc64';

export async function memoryOfWaiting(
	world: World,
	file: string,
	tasks: number,
	rounds: number,
): Promise<Section> {
	const samples = await takeTurns([{ name: OURS }], rounds, () => measure(world, file, tasks));
	const reports = samples.get(OURS) ?? [];
	const of = (pick: (report: WaitInLineReport) => number) => median(reports.map(pick));
	const longestMs = of((report) => report.longestMs);
	return {
		title: `(o) ${whole(tasks)} tasks of one uploader`,
		text: 'Blobs of 1 KiB, handed over 100 at a time, crc64, on loopback. The heap is that of the tasks alone, after a collection, while all of them wait. Tasks of the main thread: from the first `upload()` to the last result. The changes are those of `uploader.snapshot()` while it sends, on average and in the busiest second.',
		columns: [
			'tasks',
			'heap of each, bytes',
			'a call of `upload()`, µs',
			'all sent, s',
			'tasks over 50 ms',
			'longest, ms',
			'changes a second',
			'at most',
		],
		rows: [
			[
				whole(tasks),
				whole(of(({ heap }) => heap / tasks)),
				whole(of(({ callsMs }) => (callsMs / tasks) * 1000)),
				(of(({ ms }) => ms) / 1000).toFixed(1),
				whole(of(({ longTasks }) => longTasks)),
				whole(longestMs),
				of(({ changes }) => changes.perSecond).toFixed(1),
				whole(of(({ changes }) => changes.most)),
			],
		],
		figures: [atMost(`${whole(tasks)} tasks: longest task of the main thread`, 50, longestMs, ' ms')],
	};
}

async function measure(world: World, file: string, tasks: number): Promise<WaitInLineReport> {
	const visitor = await startVisitor(undefined, FLAGS);
	try {
		const task = { type: 'wait-in-line', tasks, sink: world.sink.url } as const;
		const { report } = await runPage(world, task, [file], LOOPBACK, visitor);
		if (report.waitInLine === undefined) throw new Error('The page reported nothing of the line');
		return report.waitInLine;
	} finally {
		await visitor.close();
	}
}
