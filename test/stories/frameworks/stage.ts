import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/index.js';
import { pick, startBrowser } from '../browser.js';
import { type DevServer, startDevServer } from './dev-server.js';

/** Four parts, the last one shorter. */
const bytes = randomBytes(350 * 1024);
export const SIZE = bytes.length;
export const PART = 100 * 1024;

export interface AppPage {
	readonly page: Page;
	readonly oss: Emulator;
	/** What the page, or the framework in it, found to complain of. */
	readonly complaints: readonly string[];
	/** Resolves when the place of this id shows such a text. */
	shows(id: string, text: RegExp): Promise<void>;
	click(name: string): Promise<void>;
	/** Picks the file once more, with the element's own button. */
	pickInElement(): Promise<void>;
	/** Lets a part hang, until `oss.clearFaults()`. */
	hangAt(partNumber: number): void;
	/** The object is what was picked. */
	expectStored(): Promise<void>;
	close(): Promise<void>;
}

/** The apps on their dev server, a browser, and a file to pick. */
export interface Stage {
	readonly server: DevServer;
	open(file: string, story?: string): Promise<AppPage>;
	close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
	const directory = await mkdtemp(join(tmpdir(), 'frameworks-stage-'));
	await writeFile(join(directory, 'picked.bin'), bytes);
	const browser = await startBrowser(join(directory, 'profile'));
	const server = await startDevServer();
	return {
		server,
		async open(file, story = '') {
			const oss = await startEmulator();
			const page = await browser.newPage('about:blank');
			const complaints: string[] = [];
			page.on('pageerror', (error) => complaints.push(String(error)));
			page.on('console', (message) => {
				if (/error|warning/.test(message.type())) complaints.push(message.text());
			});
			const credentials = JSON.stringify(oss.mintCredentials());
			const query = new URLSearchParams({ story, endpoint: oss.url, credentials });
			await page.goto(`${server.url}${file}?${query}`);
			await pick(page, join(directory, 'picked.bin'));
			return {
				...{ page, oss, complaints },
				shows: (id, text) => page.locator(`#${id}`, { hasText: text }).waitFor(),
				click: (name) => page.getByRole('button', { name, exact: true }).click(),
				pickInElement: () =>
					page.locator('oss-upload-button input').first().setInputFiles(join(directory, 'picked.bin')),
				hangAt: (partNumber) =>
					oss.addFault({ operation: 'UploadPart', partNumber, times: 'always', action: { type: 'hang' } }),
				async expectStored() {
					const sha256 = createHash('sha256').update(bytes).digest('hex');
					expect(await oss.object('examplebucket', 'k')).toMatchObject({ sha256, size: SIZE });
				},
				async close() {
					await page.close();
					await oss.close();
				},
			};
		},
		async close() {
			await server.close();
			await browser.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}
