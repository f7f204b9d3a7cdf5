import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../test/stories/browser.js';
import { type Ask, openBarePage, talkTo } from '../test/stories/devtools.js';
import { inGroup, type ProcessFigures, watchProcesses } from './processes.js';

/** So that `performance.memory` in the page is exact and not rounded to buckets. */
const PRECISE_MEMORY = '--enable-precise-memory-info';

export interface Visitor {
	/**
	 * Opens the page, and once `loaded`, picks the files by their paths, as a person does. The DevTools client that does
	 * it has gone when this resolves: while one is attached, Chromium may copy the bodies of requests.
	 */
	visit(url: string, loaded: Promise<void>, files: readonly string[]): Promise<void>;
	/** Begins to watch the memory and processor time of all its processes; the result ends it. */
	watch(): () => Promise<ProcessFigures>;
	/** As a crash would; the profile stays. */
	kill(): Promise<void>;
	close(): Promise<void>;
}

/** A browser on a profile of its own: the one given, or a new one. */
export async function startVisitor(givenProfile?: string, flags: readonly string[] = []): Promise<Visitor> {
	const profile = givenProfile ?? (await newProfile());
	const { pid, debuggerUrl, end } = await launchBrowser(profile, [PRECISE_MEMORY, ...flags]);
	return {
		async visit(url, loaded, files) {
			const page = await openBarePage(debuggerUrl, url);
			await loaded;
			await talkTo(page, (ask) => pickFiles(ask, files));
		},
		watch: () => watchProcesses(inGroup(pid)),
		kill: () => end('SIGKILL'),
		async close() {
			await end('SIGKILL');
			if (givenProfile === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

export const newProfile = (): Promise<string> => mkdtemp(join(tmpdir(), 'bench-profile-'));

async function pickFiles(ask: Ask, files: readonly string[]): Promise<void> {
	const { root } = await ask<{ root: { nodeId: number } }>('DOM.getDocument');
	const { nodeId } = await ask<{ nodeId: number }>('DOM.querySelector', {
		nodeId: root.nodeId,
		selector: 'input',
	});
	await ask('DOM.setFileInputFiles', { nodeId, files });
}
