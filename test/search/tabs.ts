import type { FileVersion } from './files.js';
import { expectThat } from './invariants.js';
import { type Aftermath, SimulatedPage, TASK_LIMIT_MS } from './page.js';
import type { Visit } from './page-task.js';
import type { PagePlan, TabPlan } from './schedule.js';
import { Home } from './tab-channels.js';

/** One task of a visit, and what became of it. */
export interface TabVisit {
	readonly visit: Visit;
	readonly page: Aftermath;
}

/** The plan of a tab as that of a page. */
export const planOf = (first: PagePlan, { plan, owner }: TabPlan): PagePlan => ({
	...first,
	...plan,
	owner: owner ?? first.owner,
	resumes: false,
	tabs: [],
});

/** Plays a page to its end, and the tabs that are opened meanwhile. `fileOf`: the file as a tab finds it. */
export async function playTabs(
	first: Omit<Visit, 'onTick'>,
	fileOf: (tab: TabPlan) => FileVersion,
): Promise<readonly [TabVisit, ...TabVisit[]]> {
	const { stage, plan, home, locks, channels } = first;
	let isOver = false;
	const others: { visit: Visit; page: SimulatedPage }[] = [];
	const open = (tab: TabPlan) => {
		if (isOver || (home.isDead && tab.isInPage)) return;
		const visit = {
			...first,
			plan: planOf(plan, tab),
			owner: tab.owner ?? first.owner,
			version: fileOf(tab),
			resumes: undefined,
			seed: first.seed + others.length + 2,
			home: tab.isInPage ? home : new Home(),
			onTick: () => {},
		};
		others.push({ visit, page: new SimulatedPage(visit) });
	};
	// At a moment of its own, not inside of what the first page calls.
	const onTick = (tick: number) => {
		for (const tab of plan.tabs) if (tab.opensAt === tick) queueMicrotask(() => open(tab));
	};
	const visit = { ...first, onTick };
	const page = new SimulatedPage(visit);
	const how = await stage.until(
		() => page.isOver && others.every((other) => other.page.isOver),
		TASK_LIMIT_MS,
	);
	isOver = true;
	const all = [page, ...others.map((other) => other.page)];
	for (const each of all) await each.end(how);
	for (const { home: each } of all) {
		const isLeft = all.some((other) => other.home === each && other.isLeft);
		expectThat(isLeft || each.isDead || !channels.isHeardIn(each), 'somebody listens to the end');
	}
	for (const each of all) each.home.die();
	expectThat(locks.held.size === 0, 'a lock outlived its page');
	return [
		{ visit, page: page.aftermath() },
		...others.map((other) => ({ visit: other.visit, page: other.page.aftermath() })),
	];
}
