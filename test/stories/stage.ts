import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type BrowserProcess, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

/** What the tests of a file play on: one site for all, and for each a browser on a profile of its own, and an OSS. */
export interface Stage {
	readonly site: Site;
	readonly browser: BrowserProcess;
	/** The folder of the browser's profile. */
	readonly profile: string;
	readonly oss: Emulator;
}

/** To be called once, where the file's tests are told. Nothing of it is there before they run. */
export function setStage(): Stage {
	const stage = {} as { -readonly [Name in keyof Stage]: Stage[Name] };

	beforeAll(async () => {
		stage.site = await startSite();
	});

	afterAll(() => stage.site.close());

	beforeEach(async () => {
		stage.profile = await mkdtemp(join(tmpdir(), 'profile-'));
		stage.browser = await startBrowser(stage.profile);
		stage.oss = await startEmulator();
	});

	afterEach(async () => {
		await stage.browser.close();
		await stage.oss.close();
		await rm(stage.profile, { recursive: true, force: true });
	});

	return stage;
}
