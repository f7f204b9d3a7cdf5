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
	readonly seen: Seen;
}

type Page = readonly [
	world: World,
	task: Task,
	files: readonly string[],
	profile: Profile,
	given?: Visitor | undefined,
];

/** One task in a page of its own, in a browser of its own unless one is given. */
export const runPage = (...page: Page): Promise<PageRun> =>
	inPage(page, async (begin) => ({ report: await begin() }));

/** As `runPage`, for the tables that tell what the processes took: to look at them holds them up. */
export const runWatchedPage = (...page: Page): Promise<PageRun & { readonly processes: ProcessFigures }> =>
	inPage(page, watched);

async function inPage<R extends { readonly report: Report }>(
	[{ sink, desk }, task, files, profile, given]: Page,
	measured: (begin: () => Promise<Report>, visitor: Visitor) => Promise<R>,
): Promise<R & PageRun> {
	const visitor = given ?? (await startVisitor());
	try {
		await sink.use(profile);
		const { loaded, ready } = desk.expectPage();
		const what = JSON.stringify(task);
		await inTime(visitor.visit(desk.url(task), loaded, files), what);
		const begin = await inTime(ready, what);
		await sink.forget();
		const run = await measured(() => inTime(begin(), what), visitor);
		if (run.report.error !== undefined) throw new Error(`${what}: ${run.report.error}`);
		return { ...run, seen: await sink.seen() };
	} finally {
		if (given === undefined) await visitor.close();
	}
}

/**
 * The watch begins before the page does: its first look holds up the browser, and the process that serves the page. It ends
 * also when the page fails, or it would go on for ever.
 */
async function watched(begin: () => Promise<Report>, visitor: Visitor) {
	const stop = visitor.watch();
	const [report] = await Promise.allSettled([begin()]);
	const processes = await stop();
	if (report.status === 'rejected') throw report.reason;
	return { report: report.value, processes };
}
