import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import {
	type Emulator,
	type EmulatorOptions,
	type RequestRecord,
	startEmulator,
} from '../../emulator/index.js';
import { startSite } from '../stories/site.js';
import { sha256Of, writeRandom } from './disk-file.js';
import { ENGINES } from './engines.js';
import type { Browser, Engine } from './port.js';
import { isGone } from './processes.js';
import { type Survival, type Survivor, survived } from './survivals.js';
import { Visit } from './visit.js';

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const bucket = 'examplebucket';

/** The same scenarios in one engine after another. One that this machine cannot drive is skipped, and says so. */
export function inEachEngine(tell: (scene: Scene) => void): void {
	let site: { readonly url: string; close(): Promise<void> };
	beforeAll(async () => {
		site = await startSite({}, new URL('./page/', import.meta.url));
	});
	afterAll(() => site.close());
	for (const engine of ENGINES) {
		const { name, lacking } = engine;
		const scene = new Scene(engine, () => site.url);
		if (lacking.length > 0) {
			describe.skip(`${name}, for which this machine lacks ${lacking.join(' ')}`, () => tell(scene));
		} else {
			describe(name, () => {
				beforeAll(() => scene.open());
				afterAll(() => scene.close());
				beforeEach(async () => {
					await scene.replaceDead();
					await scene.startOss();
				});
				afterEach(() => scene.leave());
				tell(scene);
			});
		}
	}
}

/** A browser that stays, and for each test an OSS of its own. */
export class Scene {
	readonly engine: Engine;
	readonly #siteUrl: () => string;
	#stage = '';
	#browser: Browser | undefined;
	#oss: Emulator | undefined;
	#visits: Visit[] = [];
	#files = 0;

	constructor(engine: Engine, siteUrl: () => string) {
		this.engine = engine;
		this.#siteUrl = siteUrl;
	}

	get oss(): Emulator {
		if (this.#oss) return this.#oss;
		throw new Error('No OSS runs');
	}

	get browser(): Browser {
		if (this.#browser) return this.#browser;
		throw new Error('No browser runs');
	}

	/** Somebody opens the page in a new tab. */
	async visit(endpoint = this.oss.url): Promise<Visit> {
		const visit = new Visit(await this.browser.newTab(this.#siteUrl()), endpoint);
		this.#visits.push(visit);
		return visit;
	}

	async leave(): Promise<void> {
		for (const { tab } of this.#visits.splice(0)) await tab.close();
	}

	/** What was seen to be left of an upload. */
	survived(what: Survivor, how: Survival): void {
		survived(this.engine.name, this.browser.version, what, how);
	}

	/** Its tab is closed. */
	forget(visit: Visit): void {
		this.#visits = this.#visits.filter((each) => each !== visit);
	}

	/** A browser that died of itself failed the test in which it did: the next ones have another. */
	async replaceDead(): Promise<void> {
		if (isGone(this.browser.pid)) await this.killAndStart();
	}

	/** Kills the browser with all its tabs, and starts it on what it had stored by then. */
	async killAndStart(): Promise<void> {
		this.#visits = [];
		await this.browser.kill();
		this.#browser = await this.engine.start(this.#profile);
	}

	/** A new one in the place of the one that was there. */
	async startOss(options: EmulatorOptions = {}): Promise<Emulator> {
		await this.#oss?.close();
		this.#oss = await startEmulator(options);
		return this.#oss;
	}

	/** The path of a new file of random bytes. */
	async file(size: number): Promise<string> {
		const path = join(this.#stage, `film-${++this.#files}.bin`);
		await writeRandom(path, size);
		return path;
	}

	/** Requests that OSS answered with this status, any where none is said. */
	count(operation: RequestRecord['operation'], status?: number): number {
		return this.oss.requests.filter(
			(record) => record.operation === operation && (status ?? record.status) === record.status,
		).length;
	}

	/** Of this part and all later ones only the body arrives, until the faults are cleared. */
	holdFrom(partNumber: number, last = 100): void {
		for (let each = partNumber; each <= last; each++) {
			this.oss.addFault({
				operation: 'UploadPart',
				partNumber: each,
				times: 'always',
				action: { type: 'hang' },
			});
		}
	}

	/** Resolves when of these held parts all bytes have arrived: the browser needs the file no more for them. */
	async whenHeld(partSize: number, ...partNumbers: readonly number[]): Promise<void> {
		const records = await Promise.all(
			partNumbers.map((each) =>
				this.oss.whenArrived(
					({ operation, partNumber }) => operation === 'UploadPart' && partNumber === each,
				),
			),
		);
		await expect.poll(() => records.every(({ bytes }) => bytes === partSize), { timeout: 60_000 }).toBe(true);
	}

	/** Each connection's parts arrive no faster than this, until the faults are cleared. */
	slowDown(bytesPerSecond: number): void {
		this.oss.addFault({
			operation: 'UploadPart',
			times: 'always',
			action: { type: 'throttle', bytesPerSecond },
		});
	}

	/** Resolves when OSS has stored so many parts more. */
	async whenStored(parts: number): Promise<void> {
		const isPart = ({ operation, stored }: RequestRecord) => operation === 'UploadPart' && stored;
		let missing = this.oss.requests.filter(isPart).length + parts;
		await this.oss.whenRequest((record) => isPart(record) && --missing === 0);
	}

	/** Resolves when OSS has no request under way. */
	async whenIdle(): Promise<void> {
		while (this.oss.inFlight > 0) {
			const ended = this.oss.requests.length;
			await this.oss.whenRequest((record) => this.oss.requests.indexOf(record) >= ended);
		}
	}

	/** Whatever OSS listed when a visit began was not sent after that. */
	expectNothingTwice(): void {
		const held = new Set<number | undefined>();
		let listed = new Set<number | undefined>();
		const again: (number | undefined)[] = [];
		for (const { operation, stored, partNumber } of this.oss.requests) {
			if (operation === 'ListParts') listed = new Set(held);
			if (operation !== 'UploadPart' || !stored) continue;
			if (listed.has(partNumber)) again.push(partNumber);
			held.add(partNumber);
		}
		expect(again).toEqual([]);
	}

	/** The object is the file, byte for byte, and no part is left at OSS: only an Initiate whose answer was lost may be. */
	async expectStored(path: string, key = 'k'): Promise<void> {
		expect((await this.oss.object(bucket, key))?.sha256).toBe(await sha256Of(path));
		const left = this.oss.uploads(bucket).filter((upload) => upload.key === key && upload.parts.length > 0);
		expect(left).toEqual([]);
	}

	async open(): Promise<void> {
		this.#stage = await mkdtemp(join(tmpdir(), `${this.engine.name}-`));
		this.#browser = await this.engine.start(this.#profile);
	}

	async close(): Promise<void> {
		await this.#browser?.close();
		await this.#oss?.close();
		await rm(this.#stage, { recursive: true, force: true, maxRetries: 5 });
	}

	get #profile(): string {
		return join(this.#stage, 'profile');
	}
}
