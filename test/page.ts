import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect } from 'vitest';
import {
	type Emulator,
	type EmulatorOptions,
	type FaultRule,
	type RequestRecord,
	startEmulator,
} from '../emulator/index.js';
import {
	type CheckpointStore,
	createUploader,
	memoryCheckpoints,
	type Uploader,
	type UploaderOptions,
	type UploadOptions,
	type UploadTask,
} from '../src/index.js';

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const PART = 100 * KiB;
export const bucket = 'examplebucket';

/** One OSS, and pages that come and go with what was persisted. */
export interface World {
	readonly oss: Emulator;
	readonly checkpoints: CheckpointStore;
	/** A page opens; the earlier ones may be closed or not. */
	page(options?: Partial<UploaderOptions>): Uploader;
	/** How often the operation was asked for, or was answered with this status. */
	count(operation: RequestRecord['operation'], status?: number): number;
	/** Part numbers in the order in which OSS stored them. */
	storedParts(): readonly number[];
	fault(rule: FaultRule): void;
}

const worlds: { close(): Promise<void> }[] = [];

afterEach(async () => {
	for (const world of worlds.splice(0)) await world.close();
});

export async function openWorld(options: EmulatorOptions = {}): Promise<World> {
	const oss = await startEmulator(options);
	const checkpoints = memoryCheckpoints();
	const pages: Uploader[] = [];
	worlds.push({
		async close() {
			for (const page of pages) await page.close();
			await oss.close();
		},
	});
	return {
		oss,
		checkpoints,
		page(options = {}) {
			const credentials = options.signRequest
				? {}
				: { getCredentials: () => oss.mintCredentials({ ttlSeconds: 900 }) };
			const page = createUploader({
				bucket,
				region: 'cn-hangzhou',
				endpoint: oss.url,
				checkpoints,
				// Six attempts, and no more: as long as patience is shorter than they take.
				retry: { patienceMs: 1, minDelayMs: 1, maxDelayMs: 5 },
				...credentials,
				...options,
			});
			pages.push(page);
			return page;
		},
		count: (operation, status) =>
			oss.requests.filter(
				(record) => record.operation === operation && (status ?? record.status) === record.status,
			).length,
		storedParts: () =>
			oss.requests.flatMap(({ operation, stored, partNumber }) =>
				operation === 'UploadPart' && stored && partNumber !== undefined ? [partNumber] : [],
			),
		fault: (rule) => oss.addFault(rule),
	};
}

export function fileOf(
	bytes: Uint8Array | number,
	name = 'film.mp4',
	lastModified = 1_700_000_000_000,
): File {
	const content = typeof bytes === 'number' ? randomBytes(bytes) : bytes;
	return new File([new Uint8Array(content)], name, { lastModified });
}

export async function sha256(blob: Blob): Promise<string> {
	return createHash('sha256')
		.update(new Uint8Array(await blob.arrayBuffer()))
		.digest('hex');
}

/** The object is the file, byte for byte, and nothing of its upload is left, here or there. */
export async function expectStored(world: World, key: string, file: Blob): Promise<void> {
	const object = await world.oss.object(bucket, key);
	expect(object?.sha256).toBe(await sha256(file));
	expect(await world.checkpoints.find({ scope: '', bucket })).toEqual([]);
	expect(world.oss.uploads(bucket)).toEqual([]);
}

/** Resolves when the task has stored so many parts. */
export function whenStored(task: UploadTask, parts: number): Promise<void> {
	let stored = 0;
	return new Promise((resolve) => {
		task.on('part', ({ status }) => {
			if (status === 'stored' && ++stored === parts) resolve();
		});
	});
}

/**
 * A page that dies when parts 1 to `parts` are stored and recorded, and the next one has been sent but not answered.
 * Nothing of it reaches OSS later.
 */
export async function interrupted(
	world: World,
	file: Blob,
	upload: UploadOptions,
	{ parts = 2, ...options }: Partial<UploaderOptions> & { readonly parts?: number } = {},
): Promise<void> {
	const page = world.page({ parallel: 1, ...options });
	world.fault({ operation: 'UploadPart', partNumber: parts + 1, action: { type: 'hang' } });
	page.upload(file, { partSize: PART, ...upload });
	await world.oss.whenArrived(
		({ operation, partNumber }) => operation === 'UploadPart' && partNumber === parts + 1,
	);
	await page.close();
}

/** As if each upload had been begun eight days ago, and gone on with now: only its parts keep it from having expired. */
export async function beginLongAgo(checkpoints: CheckpointStore): Promise<void> {
	for (const { checkpoint } of await checkpoints.find({ scope: '', bucket })) {
		const { parts = [] } = (await checkpoints.load(checkpoint.id)) ?? {};
		await checkpoints.create({ ...checkpoint, createdAt: Date.now() - 8 * 24 * 60 * 60_000 });
		for (const part of parts) await checkpoints.addPart(checkpoint.id, part, Date.now());
	}
}

/** Collects the part numbers that the task sends from now on. */
export function sentParts(task: UploadTask): readonly number[] {
	const sent: number[] = [];
	task.on('part', ({ status, partNumber }) => {
		if (status === 'sending') sent.push(partNumber);
	});
	return sent;
}

export function whenState(task: UploadTask, state: UploadTask['state']): Promise<void> {
	if (task.state === state) return Promise.resolve();
	return new Promise((resolve) => {
		task.on('state', (next) => {
			if (next === state) resolve();
		});
	});
}
