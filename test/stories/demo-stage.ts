import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Demo, startDemo } from '../../demo/server/index.js';
import type { Emulator, RequestRecord, StoredObjectInfo } from '../../emulator/index.js';
import { type DemoPage, MiB, Visitor } from './demo-visitor.js';

export const BUCKET = 'demo-bucket';

/** However slow the machine is. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 60_000 });

/** For each test a demo with its emulator, and a visitor who stays. */
export class DemoStage {
	#visitor: Visitor | undefined;
	#demo: Demo | undefined;

	get visitor(): Visitor {
		if (this.#visitor) return this.#visitor;
		throw new Error('Nobody has arrived');
	}

	get demo(): Demo {
		if (this.#demo) return this.#demo;
		throw new Error('No demo runs');
	}

	get emulator(): Emulator {
		if (this.demo.emulator) return this.demo.emulator;
		throw new Error('The demo started without its emulator');
	}

	/** To be called once, where the file's tests are told. */
	set(): this {
		beforeAll(async () => {
			this.#visitor = await Visitor.arrive();
		});
		beforeEach(async () => {
			this.#demo = await startDemo();
		});
		afterEach(async () => {
			await this.visitor.closePages();
			await this.demo.close();
			expect(this.visitor.complaints.splice(0)).toEqual([]);
		});
		afterAll(() => this.visitor.leave());
		return this;
	}

	/** The page, with parts of one MiB where `query` says no other size. */
	open(query = ''): Promise<DemoPage> {
		return this.visitor.open(`${this.demo.url}?${query}&partSize=${MiB}`);
	}

	requestsOf(operation: RequestRecord['operation']): readonly RequestRecord[] {
		return this.emulator.requests.filter((record) => record.operation === operation);
	}

	storedParts(): readonly RequestRecord[] {
		return this.requestsOf('UploadPart').filter(({ stored }) => stored);
	}

	/** Resolves when OSS has stored this many parts. */
	whenStored(parts: number): Promise<RequestRecord> {
		return this.emulator.whenRequest(() => this.storedParts().length >= parts);
	}

	/** The objects that were put together, in that order. */
	async objects(): Promise<StoredObjectInfo[]> {
		const found: StoredObjectInfo[] = [];
		for (const { key = '', status } of this.requestsOf('CompleteMultipartUpload')) {
			const object = status === 200 ? await this.emulator.object(BUCKET, key) : undefined;
			if (object) found.push(object);
		}
		return found;
	}

	async hashes(): Promise<string[]> {
		return (await this.objects()).map(({ sha256 }) => sha256);
	}
}
