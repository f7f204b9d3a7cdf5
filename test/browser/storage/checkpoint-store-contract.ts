import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoint, UploadedPart } from '../../../src/core/model.js';
import type { CheckpointStore } from '../../../src/core/ports.js';

const KiB = 1024;

/** 10 parts of 100 KiB and a tail of 1 byte. */
export const checkpointOf = (changes: Partial<Checkpoint> = {}): Checkpoint => ({
	id: 'scope/bucket/key/print',
	scope: 'user-1',
	bucket: 'examplebucket',
	key: 'exampledir/exampleobject.txt',
	fingerprint: 'v1-1024001-abc',
	uploadId: '0004B9894A22E5B1888A1E29F823',
	size: 1000 * KiB + 1,
	partSize: 100 * KiB,
	name: 'exampleobject.txt',
	settings: { headers: { 'x-oss-meta-a': 'b' }, guessedContentType: 'text/plain', verify: 'crc64' },
	initiateDigest: 'digest',
	createdAt: 1000,
	notBefore: 900,
	ttlMs: 500,
	completing: false,
	abandoned: false,
	...changes,
});

export const partOf = (partNumber: number, changes: Partial<UploadedPart> = {}): UploadedPart => ({
	partNumber,
	size: partNumber === 11 ? 1 : 100 * KiB,
	etag: `"ETAG-${partNumber}"`,
	crc64: '11051210869376104954',
	verified: true,
	...changes,
});

/** What every `CheckpointStore` keeps to. `open` gives an empty one each time. */
export function describeCheckpointStore(name: string, open: () => CheckpointStore): void {
	describe(`${name} checkpoint store`, () => {
		let store: CheckpointStore;
		beforeEach(() => {
			store = open();
		});
		afterEach(() => store.close());

		const everything = { scope: 'user-1', bucket: 'examplebucket' };

		test('an unknown id loads as undefined', async () => {
			expect(await store.load('nothing')).toBeUndefined();
		});

		test('what was created is loaded unchanged, without parts', async () => {
			const checkpoint = checkpointOf();
			await store.create(checkpoint);
			expect(await store.load(checkpoint.id)).toStrictEqual({ checkpoint, parts: [] });
		});

		test('what the app gave with it comes back as it was', async () => {
			const checkpoint = checkpointOf({ data: { album: 'a', tags: ['b', null], draft: 7 } });
			await store.create(checkpoint);
			await store.mark(checkpoint.id, 'completing');
			const kept = { ...checkpoint, completing: true };
			expect(await store.load(checkpoint.id)).toStrictEqual({ checkpoint: kept, parts: [] });
			expect(await store.find(everything)).toMatchObject([{ checkpoint: { data: checkpoint.data } }]);
		});

		test('what is given and handed out are copies: changing one changes no other', async () => {
			const given = structuredClone(checkpointOf());
			await store.create(given);
			Object.assign(given.settings.headers, { 'x-oss-meta-a': 'changed' });
			const part = { ...partOf(1) };
			await store.addPart(given.id, part, 1100);
			Object.assign(part, { etag: 'changed' });
			const [found] = await store.find(everything);
			const loaded = await store.load(given.id);
			await store.addPart(given.id, partOf(2), 1200);
			await store.mark(given.id, 'completing');
			const before = { checkpoint: checkpointOf(), loaded: 100 * KiB, updatedAt: 1100 };
			expect(found, 'a summary is of its moment').toStrictEqual(before);
			expect(loaded).toStrictEqual({ checkpoint: checkpointOf(), parts: [partOf(1)] });
			Object.assign(found?.checkpoint.settings.headers ?? {}, { 'x-oss-meta-a': 'changed' });
			Object.assign(loaded?.parts[0] ?? {}, { etag: 'changed' });
			expect(await store.load(given.id)).toStrictEqual({
				checkpoint: checkpointOf({ completing: true }),
				parts: [partOf(1), partOf(2)],
			});
		});

		test('parts come back in the order of their numbers, whatever order they were recorded in', async () => {
			const checkpoint = checkpointOf();
			await store.create(checkpoint);
			for (const partNumber of [10, 2, 1, 11]) await store.addPart(checkpoint.id, partOf(partNumber), 1100);
			expect((await store.load(checkpoint.id))?.parts).toStrictEqual([1, 2, 10, 11].map((n) => partOf(n)));
		});

		test('a part with a hidden ETag and nothing verified survives', async () => {
			const part = partOf(3, { etag: undefined, crc64: undefined, verified: false });
			await store.create(checkpointOf());
			await store.addPart(checkpointOf().id, part, 1100);
			expect((await store.load(checkpointOf().id))?.parts).toStrictEqual([part]);
		});

		test('a part sent again replaces the one of its number', async () => {
			await store.create(checkpointOf());
			await store.addPart(checkpointOf().id, partOf(3), 1100);
			await store.addPart(checkpointOf().id, partOf(3, { etag: '"NEW"' }), 1200);
			expect((await store.load(checkpointOf().id))?.parts).toStrictEqual([partOf(3, { etag: '"NEW"' })]);
			expect(await store.find(everything)).toMatchObject([{ loaded: 100 * KiB, updatedAt: 1200 }]);
		});

		test('parts recorded at the same time are all kept', async () => {
			await store.create(checkpointOf());
			await Promise.all(
				Array.from({ length: 10 }, (_, n) => store.addPart(checkpointOf().id, partOf(n + 1), 1100)),
			);
			expect((await store.load(checkpointOf().id))?.parts).toHaveLength(10);
		});

		test('a part of a deleted upload is not recorded, so nothing is left behind', async () => {
			await store.create(checkpointOf());
			await store.delete(checkpointOf().id);
			await store.addPart(checkpointOf().id, partOf(1), 1100);
			expect(await store.load(checkpointOf().id)).toBeUndefined();
			await store.create(checkpointOf());
			expect((await store.load(checkpointOf().id))?.parts).toEqual([]);
		});

		test('delete takes the parts along, and only its own', async () => {
			const other = checkpointOf({ id: `${checkpointOf().id}2`, key: 'other' });
			await store.create(checkpointOf());
			await store.create(other);
			await store.addPart(checkpointOf().id, partOf(1), 1100);
			await store.addPart(other.id, partOf(2), 1100);
			await store.delete(checkpointOf().id);
			expect(await store.load(checkpointOf().id)).toBeUndefined();
			expect((await store.load(other.id))?.parts).toEqual([partOf(2)]);
		});

		test('deleting what is not there is no error', async () => {
			await expect(store.delete('nothing')).resolves.toBeUndefined();
		});

		test('create replaces a checkpoint of the same id with its parts', async () => {
			await store.create(checkpointOf());
			await store.addPart(checkpointOf().id, partOf(1), 1100);
			const fresh = checkpointOf({ uploadId: 'NEW', createdAt: 2000 });
			await store.create(fresh);
			expect(await store.load(fresh.id)).toEqual({ checkpoint: fresh, parts: [] });
		});

		test.each(['completing', 'abandoned'] as const)('mark %s changes that and nothing else', async (mark) => {
			await store.create(checkpointOf());
			await store.addPart(checkpointOf().id, partOf(1), 1100);
			await store.mark(checkpointOf().id, mark);
			expect(await store.load(checkpointOf().id)).toEqual({
				checkpoint: checkpointOf({ [mark]: true }),
				parts: [partOf(1)],
			});
		});

		test.each(['completing', 'abandoned'] as const)(
			'mark %s of a deleted upload brings nothing back',
			async (mark) => {
				await store.create(checkpointOf());
				await store.delete(checkpointOf().id);
				await store.mark(checkpointOf().id, mark);
				expect(await store.load(checkpointOf().id)).toBeUndefined();
			},
		);

		test('an upload that was abandoned is found by no query, but loaded, and expired at any time', async () => {
			const other = checkpointOf({ id: '2' });
			await store.create(checkpointOf());
			await store.create(other);
			await store.addPart(checkpointOf().id, partOf(1), 1100);
			await store.mark(checkpointOf().id, 'abandoned');
			const { key, fingerprint } = checkpointOf();
			for (const query of [everything, { ...everything, key }, { ...everything, fingerprint }]) {
				expect((await store.find(query)).map(({ checkpoint }) => checkpoint.id)).toEqual(['2']);
			}
			expect((await store.load(checkpointOf().id))?.parts).toEqual([partOf(1)]);
			expect(await store.expired(0)).toEqual([checkpointOf({ abandoned: true })]);
			// Begun anew, it is abandoned no more.
			await store.create(checkpointOf());
			expect(await store.find(everything)).toHaveLength(2);
			expect(await store.expired(0)).toEqual([]);
		});

		test('addPart answers whether its checkpoint was there', async () => {
			await store.create(checkpointOf());
			expect(await store.addPart(checkpointOf().id, partOf(1), 1100)).toBe(true);
			expect(await store.addPart(checkpointOf().id, partOf(1), 1200), 'again').toBe(true);
			expect(await store.addPart('nothing', partOf(1), 1100)).toBe(false);
			await store.delete(checkpointOf().id);
			const late = [1, 2, 3].map((n) => store.addPart(checkpointOf().id, partOf(n), 1300));
			expect(await Promise.all(late)).toEqual([false, false, false]);
		});

		test('calls that nobody awaited take effect in their order', async () => {
			const { id } = checkpointOf();
			const fresh = checkpointOf({ uploadId: 'NEW' });
			const calls = [
				store.create(checkpointOf()),
				store.addPart(id, partOf(1), 1100),
				store.addPart(id, partOf(2), 1100),
				store.delete(id),
				store.addPart(id, partOf(3), 1100),
				store.create(fresh),
				store.addPart(id, partOf(4), 1100),
				store.mark(id, 'completing'),
			];
			expect(await Promise.all(calls)).toEqual([
				undefined,
				true,
				true,
				undefined,
				false,
				undefined,
				true,
				undefined,
			]);
			expect(await store.load(id)).toEqual({
				checkpoint: { ...fresh, completing: true },
				parts: [partOf(4)],
			});
		});

		test('find shows nothing of another scope or bucket', async () => {
			await store.create(checkpointOf({ id: '1', scope: 'user-2' }));
			await store.create(checkpointOf({ id: '2', bucket: 'other' }));
			await store.create(checkpointOf({ id: '3', scope: '' }));
			expect(await store.find(everything)).toEqual([]);
		});

		test('find narrows by key, by fingerprint, and by both', async () => {
			await store.create(checkpointOf({ id: '1', key: 'a', fingerprint: 'x' }));
			await store.create(checkpointOf({ id: '2', key: 'a', fingerprint: 'y' }));
			await store.create(checkpointOf({ id: '3', key: 'b', fingerprint: 'x' }));
			const ids = async (query: { key?: string; fingerprint?: string }) =>
				(await store.find({ ...everything, ...query })).map(({ checkpoint }) => checkpoint.id).sort();
			expect(await ids({})).toEqual(['1', '2', '3']);
			expect(await ids({ key: 'a' })).toEqual(['1', '2']);
			expect(await ids({ fingerprint: 'x' })).toEqual(['1', '3']);
			expect(await ids({ key: 'a', fingerprint: 'x' })).toEqual(['1']);
			expect(await ids({ key: 'c' })).toEqual([]);
		});

		test('find puts first what was touched last, by its newest part or its start', async () => {
			await store.create(checkpointOf({ id: '1', createdAt: 1000 }));
			await store.create(checkpointOf({ id: '2', createdAt: 3000 }));
			await store.create(checkpointOf({ id: '3', createdAt: 2000 }));
			await store.addPart('1', partOf(7), 9000);
			await store.addPart('3', partOf(1), 2500);
			const found = await store.find(everything);
			expect(found.map(({ checkpoint, updatedAt }) => [checkpoint.id, updatedAt])).toEqual([
				['1', 9000],
				['2', 3000],
				['3', 2500],
			]);
		});

		test('loaded counts bytes, the short last part by its own size', async () => {
			await store.create(checkpointOf());
			for (const partNumber of [1, 5, 11]) await store.addPart(checkpointOf().id, partOf(partNumber), 1100);
			expect(await store.find(everything)).toMatchObject([{ loaded: 200 * KiB + 1 }]);
		});

		test('an upload expires ttlMs after its last part, not after its start', async () => {
			await store.create(checkpointOf({ id: '1', createdAt: 1000, ttlMs: 500 }));
			await store.create(checkpointOf({ id: '2', createdAt: 1000, ttlMs: 500, scope: 'user-2' }));
			await store.addPart('2', partOf(1), 1400);
			const ids = async (now: number) => (await store.expired(now)).map(({ id }) => id).sort();
			expect(await ids(1499)).toEqual([]);
			expect(await ids(1500)).toEqual(['1']);
			expect(await ids(1900)).toEqual(['1', '2']);
			expect(await store.load('1'), 'asking deletes nothing').toBeDefined();
		});

		test('a closed store may be used again', async () => {
			await store.find(everything);
			store.close();
			await expect(store.create(checkpointOf())).resolves.toBeUndefined();
			expect(await store.load(checkpointOf().id)).toBeDefined();
		});
	});
}
