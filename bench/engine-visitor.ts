import { rm } from 'node:fs/promises';
import type { Engine, Tab } from '../test/engines/port.js';
import { familyOf } from '../test/engines/processes.js';
import { newProfile, type Visitor } from './chromium.js';
import { watchProcesses } from './processes.js';

/** A visitor by another engine, whose driver stays attached: there is no other way to pick a file in it. */
export async function startEngineVisitor(engine: Engine): Promise<Visitor & { readonly version: string }> {
	const profile = await newProfile();
	const browser = await engine.start(profile);
	let tab: Tab | undefined;
	return {
		version: browser.version,
		async visit(url, loaded, files) {
			await tab?.close();
			tab = await browser.newTab(url);
			await loaded;
			await tab.pick(...files);
		},
		watch: () => watchProcesses(() => familyOf(browser.pid)),
		kill: () => browser.kill(),
		async close() {
			await browser.close();
			await rm(profile, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
