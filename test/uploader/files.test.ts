import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bucket, fileOf, openWorld, PART, sha256, whenStored } from '../page.js';

/** A file on disk as a page sees it: a slice holds the bytes of the moment at which it is made. */
class EditableFile {
	readonly name = 'film.mp4';
	readonly type = '';
	readonly lastModified = 5;
	bytes: Uint8Array<ArrayBuffer>;
	isReadable = true;

	constructor(size: number) {
		this.bytes = new Uint8Array(randomBytes(size));
	}

	get size(): number {
		return this.bytes.length;
	}

	slice(start?: number, end?: number): Blob {
		const slice = new Blob([this.bytes.slice(start, end)]);
		if (!this.isReadable) {
			const gone = new DOMException('gone', 'NotFoundError');
			const stream = () => new ReadableStream({ start: (controller) => controller.error(gone) });
			Object.defineProperties(slice, {
				arrayBuffer: { value: () => Promise.reject(gone) },
				stream: { value: stream },
			});
		}
		return slice;
	}

	arrayBuffer(): Promise<ArrayBuffer> {
		return this.slice().arrayBuffer();
	}

	edit(at: number): void {
		this.bytes[at] = (this.bytes[at] ?? 0) ^ 1;
	}

	asBlob(): File {
		return this as unknown as File;
	}
}

describe('[case 6] a file that changes while it is sent', () => {
	test('where a sample looks: FileChanged before Complete, and no object', async () => {
		const world = await openWorld();
		const file = new EditableFile(5 * PART);
		const task = world.page({ parallel: 1 }).upload(file.asBlob(), { key: 'k', partSize: PART });
		await whenStored(task, 3);
		file.edit(0);
		await expect(task.result).rejects.toMatchObject({ code: 'FileChanged' });
		expect(await world.oss.object(bucket, 'k')).toBeUndefined();
	});

	test("where no sample looks, verify 'full' notices and sends the difference again", async () => {
		const world = await openWorld();
		const file = new EditableFile(40 * PART);
		const task = world
			.page({ parallel: 1 })
			.upload(file.asBlob(), { key: 'k', partSize: PART, verify: 'full' });
		await whenStored(task, 10);
		// Between two of the 16 samples of 16 KiB.
		file.edit(150 * 1024);
		await task.result;
		expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file.slice()));
	});

	test('that can no longer be read: FileUnreadable, and the checkpoint stays', async () => {
		const world = await openWorld();
		const page = world.page({ parallel: 1 });
		const file = new EditableFile(5 * PART);
		const task = page.upload(file.asBlob(), { key: 'k', partSize: PART });
		await whenStored(task, 2);
		file.isReadable = false;
		await expect(task.result).rejects.toMatchObject({ code: 'FileUnreadable' });
		expect(await page.pending()).toHaveLength(1);
	});

	test('[C SDK: a missing file] that cannot be read from the start: FileUnreadable, and no request', async () => {
		const world = await openWorld();
		const file = new EditableFile(5 * PART);
		file.isReadable = false;
		await expect(world.page().upload(file.asBlob(), { key: 'k' }).result).rejects.toMatchObject({
			code: 'FileUnreadable',
		});
		expect(world.oss.requests).toEqual([]);
	});
});

test.each<[string, unknown, string]>([
	['bytes', new ArrayBuffer(16), 'ArrayBuffer'],
	['a number', 7, 'Number'],
	['no number', Number.NaN, 'Number'],
	['nothing', undefined, 'Undefined'],
	['an empty text', '', 'String'],
	['half a surrogate pair', 'secret\ud800', 'String'],
	['a whole file', 'secret'.repeat(1000), 'String'],
])('a fingerprint of your own: %s is none, and is told before anything is sent', async (_, answer, kind) => {
	const world = await openWorld();
	const page = world.page({ fingerprint: async () => answer as string });
	for (const ask of [
		() => page.upload(fileOf(4 * PART), { key: 'k', partSize: PART }).result,
		() => page.find(fileOf(4 * PART)),
	]) {
		const error = await ask().catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(TypeError);
		expect(String(error)).toMatch(/Expected `fingerprint` to answer .*: write it like async/);
		expect(String(error)).toContain(`got ${kind}:`);
		expect(String(error)).not.toMatch(/secret|7|NaN/);
	}
	expect(world.oss.requests).toEqual([]);
});

test('a fingerprint of your own: the same word for another size is another upload', async () => {
	const world = await openWorld();
	const fingerprint = async () => 'always the same';
	const first = world.page({ fingerprint });
	const task = first.upload(new Blob([randomBytes(5 * PART)]), { key: 'k', partSize: PART });
	await whenStored(task, 2);
	await first.close();
	const file = new Blob([randomBytes(6 * PART)]);
	const result = await world.page({ fingerprint }).upload(file, { key: 'k', partSize: PART }).result;
	expect(result.resumed).toBe(0);
	expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file));
});

test('a fingerprint of your own: the same word for another content of the same size: what differs is sent again', async () => {
	const world = await openWorld();
	const fingerprint = async () => 'always the same';
	const first = world.page({ parallel: 1, fingerprint });
	const task = first.upload(new Blob([randomBytes(5 * PART)]), { key: 'k', partSize: PART });
	await whenStored(task, 3);
	await first.close();
	const file = new Blob([randomBytes(5 * PART)]);
	await world.page({ fingerprint }).upload(file, { key: 'k' }).result;
	expect((await world.oss.object(bucket, 'k'))?.sha256).toBe(await sha256(file));
});
