import { startVisitor, type Visitor } from './chromium.js';
import type { Desk } from './desk.js';
import type { Report, Task } from './page/task.js';
import type { ProcessFigures } from './processes.js';
import type { Profile, Seen } from './profile.js';
import type { Sink } from './sink-process.js';

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
		await visitor.visit(desk.url(task), loaded, files);
		const begin = await ready;
		await sink.forget();
		const stop = visitor.watch();
		const report = await begin();
		const processes = await stop();
		if (report.error !== undefined) throw new Error(`${JSON.stringify(task)}: ${report.error}`);
		return { report, processes, seen: await sink.seen() };
	} finally {
		if (given === undefined) await visitor.close();
	}
}
