import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright';
import { expect } from 'vitest';
import { keptSources } from './kept-sources.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export interface PickedFile {
	readonly path: string;
	readonly sha256: string;
}

/** A person with a browser that keeps its profile, and files on disk. */
export class Visitor {
	readonly #folder: string;
	readonly #context: BrowserContext;
	/** What the browser complained of, the failed requests of a test's own faults apart. */
	readonly complaints: string[] = [];

	private constructor(folder: string, context: BrowserContext) {
		this.#folder = folder;
		this.#context = context;
	}

	static async arrive(): Promise<Visitor> {
		const folder = await mkdtemp(join(tmpdir(), 'demo-story-'));
		const executablePath = process.env.CHROMIUM_PATH;
		const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
			...(executablePath && { executablePath }),
			viewport: { width: 1280, height: 800 },
			permissions: ['clipboard-read', 'clipboard-write'],
			args: [
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				'--no-first-run',
			],
		});
		return new Visitor(folder, context);
	}

	async leave(): Promise<void> {
		await this.#context.close();
		await rm(this.#folder, { recursive: true, force: true });
	}

	async closePages(): Promise<void> {
		// The first one stays: without any the browser would end.
		for (const page of this.#context.pages().slice(1)) await page.close();
	}

	/** A file of random bytes. */
	async writeFile(name: string, size: number): Promise<PickedFile> {
		const path = join(this.#folder, name);
		const hash = createHash('sha256');
		const bytes = randomBytes(size);
		await writeFile(path, bytes);
		return { path, sha256: hash.update(bytes).digest('hex') };
	}

	async copyFile({ path, sha256 }: PickedFile, name: string): Promise<PickedFile> {
		const copy = join(this.#folder, name);
		await copyFile(path, copy);
		return { path: copy, sha256 };
	}

	async open(url: string): Promise<DemoPage> {
		const page = await this.#context.newPage();
		page.on('pageerror', (error) => this.complaints.push(String(error)));
		page.on('console', (message) => {
			// What the network did, and the file that failed by it.
			const isFault = /^(Failed to load resource|oss-resumable-upload: )/.test(message.text());
			if (message.type() === 'error' && !isFault) this.complaints.push(message.text());
		});
		await page.goto(url);
		const demo = new DemoPage(page);
		await demo.ready();
		return demo;
	}
}

/** The demo page, as its visitor knows it: by what it says and by its controls. */
export class DemoPage {
	readonly page: Page;

	constructor(page: Page) {
		this.page = page;
	}

	ready(): Promise<void> {
		return this.page.locator('body[data-ready]').waitFor();
	}

	async reload(): Promise<void> {
		await this.page.reload();
		await this.ready();
	}

	/** By the button that chooses files. */
	pick(...files: readonly PickedFile[]): Promise<void> {
		const input = this.page.locator('oss-upload-button input').first();
		return input.setInputFiles(files.map(({ path }) => path));
	}

	/** Presses Resume, and chooses the file that is asked for. */
	async resume(name: string, file: PickedFile): Promise<void> {
		const chooser = this.page.waitForEvent('filechooser');
		await this.press(name, 'Resume');
		await (await chooser).setFiles(file.path);
	}

	/** The row of an upload, or of an interrupted one. */
	row(name: string): Locator {
		return this.page.locator('oss-upload-list').getByRole('listitem').filter({ hasText: name });
	}

	/** A button of that row. */
	press(name: string, button: string): Promise<void> {
		return this.row(name).getByRole('button', { name: button, exact: true }).click();
	}

	/** Resolves when the row says it. */
	async sees(name: string, words: string | RegExp): Promise<void> {
		await this.row(name).getByText(words).first().waitFor({ timeout: 60_000 });
	}

	/** What the part grid of a row says to those who do not see it: `8 parts: 3 waiting, 5 stored`. */
	parts(name: string): Promise<string | null> {
		return this.row(name).getByRole('img').getAttribute('aria-label');
	}

	/** Shows one of the panels beside the uploads. */
	async show(tab: 'Network' | 'Settings' | 'Log' | 'Code' | 'Check'): Promise<Locator> {
		await this.page.getByRole('tab', { name: tab }).click();
		return this.page.getByRole('tabpanel', { name: tab });
	}

	/** What the log says, newest first. */
	log(): Promise<string> {
		return this.page.locator('#log').evaluate((log) => log.textContent ?? '');
	}

	/** Runs `story` while the browser has no network at all. */
	async offline(story: () => Promise<void>): Promise<void> {
		const context = this.page.context();
		await context.setOffline(true);
		try {
			await story();
		} finally {
			await context.setOffline(false);
		}
	}

	/** From now on nothing from `size` bytes on is hashed, until the function that this answers is called. */
	async holdChecksums(size: number): Promise<() => Promise<void>> {
		const hold = await this.page.evaluateHandle((least) => {
			const { postMessage } = Worker.prototype;
			const held: (() => void)[] = [];
			// In order: what comes later may refer to what came before.
			Worker.prototype.postMessage = function (this: Worker, ...message: [unknown]) {
				const { content } = Object(message[0]);
				const { start = 0, end = 0 }: { start?: number; end?: number } = Object(content);
				if (held.length === 0 && end - start < least) postMessage.apply(this, message);
				else held.push(() => postMessage.apply(this, message));
			};
			return {
				release: () => {
					Worker.prototype.postMessage = postMessage;
					for (const post of held) post();
				},
			};
		}, size);
		return () => hold.evaluate(({ release }) => release());
	}

	/** How many interrupted uploads are offered. */
	interrupted(): Promise<number> {
		return this.page.getByRole('button', { name: 'Discard' }).count();
	}

	/** How many files the browser keeps a copy of. */
	keptFiles(): Promise<number> {
		return keptSources(this.page);
	}

	/** What axe finds wrong, in light and in dark. */
	async isAccessible(): Promise<void> {
		const source = await readFile(AXE, 'utf8');
		for (const colorScheme of ['light', 'dark'] as const) {
			await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await this.page.evaluate(source);
			const found: unknown = await this.page.evaluate(
				`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')))`,
			);
			expect(found, colorScheme).toEqual([]);
		}
	}
}

export { KiB, MiB };
