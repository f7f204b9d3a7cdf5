import { expect, onTestFinished } from 'vitest';
import { type Demo, startDemo } from '../../demo/server/index.js';
import type { Emulator, RequestRecord } from '../../emulator/index.js';
import { type FrailLine, frailLineTo } from '../stories/frail-line.js';
import { startFront } from './demo-front.js';
import type { Browser, Key, Tab } from './port.js';

interface Row {
	readonly name: string;
	readonly state: string;
}

/** What a slow engine on a slow machine takes. */
const PATIENT = { timeout: 100_000, interval: 100 };

/** More stops of the tab key than the page has. */
const MANY = 80;

/** Somebody at the demo page, in a tab of its own, and the demo that is there for this visit alone. */
export class DemoVisit {
	readonly tab: Tab;
	readonly emulator: Emulator;
	/** Between the page and OSS. */
	readonly line: FrailLine;

	private constructor(tab: Tab, emulator: Emulator, line: FrailLine) {
		this.tab = tab;
		this.emulator = emulator;
		this.line = line;
	}

	/** It ends with the test. */
	static async begin(browser: Browser, query = ''): Promise<DemoVisit> {
		const demo = await startDemo();
		const line = await frailLineTo(demo.endpoint);
		const front = await startFront(demo, line.url);
		const close = async () => {
			await front.close();
			await line.close();
			await demo.close();
		};
		try {
			const tab = await browser.newTab(`${front.url}?${query}`);
			onTestFinished(async () => {
				await tab.close();
				await close();
			});
			const visit = new DemoVisit(tab, emulatorOf(demo), line);
			await visit.answers('isReady', true);
			return visit;
		} catch (error) {
			await close();
			throw error;
		}
	}

	/** A button of the first row, by its name. */
	async press(name: string): Promise<void> {
		await this.tab.call('press', name);
	}

	/** Resolves when the rows are in these states. */
	async sees(...states: readonly string[]): Promise<void> {
		const seen = async () => (await this.tab.call<readonly Row[]>('rows')).map(({ state }) => state);
		await expect.poll(seen, PATIENT).toEqual(states);
	}

	/** Resolves when a call of the page answers this. */
	async answers(name: string, value: unknown): Promise<void> {
		await expect.poll(() => this.tab.call(name), PATIENT).toEqual(value);
	}

	/** By the tab key alone, until what has the focus is called so. */
	async goTo(name: string): Promise<void> {
		const passed: string[] = [];
		while (passed.length < MANY) {
			await this.tab.press('Tab');
			const focused = await this.tab.call<string>('focused');
			if (focused === name) return;
			passed.push(focused);
		}
		throw new Error(`The tab key does not lead to ${name}, but: ${passed.join(', ')}`);
	}

	/** Presses a key on what has the focus, and waits for the state that comes of it. */
	async type(key: Key, state: string): Promise<void> {
		await this.tab.press(key);
		await this.sees(state);
	}

	count(operation: RequestRecord['operation']): number {
		return this.emulator.requests.filter((record) => record.operation === operation).length;
	}

	/** Resolves when OSS has stored a part. */
	async whenStored(): Promise<void> {
		await this.emulator.whenRequest(({ operation, stored }) => operation === 'UploadPart' && stored);
	}

	/** Parts that OSS has stored, in order. */
	storedParts(): readonly number[] {
		return this.emulator.requests
			.flatMap(({ operation, stored, partNumber = 0 }) =>
				operation === 'UploadPart' && stored ? [partNumber] : [],
			)
			.toSorted((a, b) => a - b);
	}

	/** The SHA-256 of each object, by its key as the page made it of the file's path. */
	async objects(): Promise<Readonly<Record<string, string | undefined>>> {
		const stored = this.emulator.requests.filter(
			({ operation, status }) =>
				(operation === 'PutObject' || operation === 'CompleteMultipartUpload') && status === 200,
		);
		const found: Record<string, string | undefined> = {};
		for (const { key = '' } of stored) {
			const path = key.replace(/^demo\/[^/]+\//, '');
			expect(found, 'stored twice').not.toHaveProperty([path]);
			found[path] = (await this.emulator.object('demo-bucket', key))?.sha256;
		}
		return found;
	}
}

function emulatorOf({ emulator }: Demo): Emulator {
	if (emulator) return emulator;
	throw new Error('The demo has no emulator');
}
