import { startVisitor, type Visitor } from './chromium.js';
import type { Desk } from './desk.js';
import type { Report, Task } from './page/task.js';
import type { ProcessFigures } from './processes.js';
import type { Profile, Seen } from './profile.js';
import type { Sink } from './sink-process.js';
import { inTime } from './time-limit.js';

/** What a run of the bench has at hand. */
export interface World {
	readonly sink: Sink;
	readonly desk: Desk;
}

export interface PageRun {
	readonly report: Report;
	readonly processes: ProcessFigures;
	readonly seen: Seen;
}

/** One task in a page of its own, in a browser of its own unless one is given. */
export async function runPage(
	{ sink, desk }: World,
	task: Task,
	files: readonly string[],
	profile: Profile,
	given?: Visitor,
): Promise<PageRun> {
	const visitor = given ?? (await startVisitor());
	try {
		await sink.use(profile);
		const { loaded, ready } = desk.expectPage();
		const what = JSON.stringify(task);
		await inTime(visitor.visit(desk.url(task), loaded, files), what);
		const begin = await inTime(ready, what);
		await sink.forget();
		const { report, processes } = await watched(visitor, inTime(begin(), what));
		if (report.error !== undefined) throw new Error(`${what}: ${report.error}`);
		return { report, processes, seen: await sink.seen() };
	} finally {
		if (given === undefined) await visitor.close();
	}
}

/** The watch ends with the page, also when that fails: it would go on for ever. */
async function watched(visitor: Visitor, reported: Promise<Report>) {
	const stop = visitor.watch();
	const [report] = await Promise.allSettled([reported]);
	const processes = await stop();
	if (report.status === 'rejected') throw report.reason;
	return { report: report.value, processes };
}
