import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Emulator, type RequestRecord, startEmulator } from '../../emulator/index.js';
import { type DemoPage, MiB, Visitor } from './demo-visitor.js';
import { type Site, startSite } from './site.js';

/** What the stories of the element play on: a person with a browser, the page of the element, and for each an OSS. */
export class ElementStage {
	readonly visitor!: Visitor;
	readonly site!: Site;
	readonly oss!: Emulator;

	open(more: Readonly<Record<string, string>> = {}): Promise<DemoPage> {
		const credentials = JSON.stringify(this.oss.mintCredentials({ ttlSeconds: 900 }));
		const query = new URLSearchParams({
			...{ endpoint: this.oss.url, partSize: String(MiB), credentials },
			...more,
		});
		return this.visitor.open(`${this.site.url}?${query}`);
	}

	storedParts(): readonly RequestRecord[] {
		return this.oss.requests.filter(({ operation, stored }) => operation === 'UploadPart' && stored);
	}

	/** Resolves when OSS has stored this many parts. */
	whenStored(parts: number): Promise<RequestRecord> {
		return this.oss.whenRequest(() => this.storedParts().length >= parts);
	}

	/** Of what the browser sends to OSS. */
	slowly(bytesPerSecond: number): void {
		const action = { type: 'throttle', bytesPerSecond } as const;
		this.oss.addFault({ operation: 'UploadPart', times: 'always', action });
	}
}

/** To be called once, where the file's tests are told. Nothing of it is there before they run. */
export function setElementStage(): ElementStage {
	const stage = new ElementStage() as { -readonly [Name in keyof ElementStage]: ElementStage[Name] };

	beforeAll(async () => {
		stage.visitor = await Visitor.arrive();
		stage.site = await startSite({}, new URL('./element-page/', import.meta.url));
	});
	afterAll(async () => {
		await stage.visitor.leave();
		await stage.site.close();
	});
	beforeEach(async () => {
		stage.oss = await startEmulator();
	});
	afterEach(async () => {
		await stage.oss.close();
		expect(stage.visitor.complaints.splice(0)).toEqual([]);
	});
	return stage;
}

/** The file's row, by its name. */
export const row = ({ page }: DemoPage, name: string): Locator =>
	page.getByRole('listitem').filter({ hasText: name });

export const press = (within: Locator, name: string): Promise<void> =>
	within.getByRole('button', { name, exact: true }).click();

export const sees = (within: Locator, words: string | RegExp): Promise<void> =>
	within.getByText(words).first().waitFor({ timeout: 60_000 });

export const pick = ({ page }: DemoPage, ...paths: readonly string[]): Promise<void> =>
	page.locator('oss-upload-button input').first().setInputFiles(paths);
