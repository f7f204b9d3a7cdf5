import { expect, test } from 'vitest';
import { bytesReadByFetch, bytesReadDuring } from './bytes-read.js';
import { inEachEngine, KiB, MiB } from './scene.js';

const PART = 100 * KiB;

/** Each is a name that some client writes otherwise than OSS reads it. */
const KEYS = [
	'a b',
	'a+b',
	'100%',
	'a%2Fb',
	'%E4%BD%A0',
	'a?b=c&d',
	'a#b',
	'a//b',
	'folder/',
	'a\\b',
	"~!*'()",
	'<a>&"b"',
	'a;b:c,d=e@f$g',
	'电影/第一集.mp4',
	'🎬 film',
	// Two words that look alike.
	'e\u0301/\u00e9',
	'constructor',
	'k'.repeat(1023),
];

inEachEngine((scene) => {
	test('64 MiB in parts of 1 MiB: stored whole, hashed by the worker, read once more than fetch reads it', async () => {
		const path = await scene.file(64 * MiB);
		const visit = await scene.visit();
		const read = await bytesReadDuring(scene, async () => {
			await visit.upload(path, { upload: { partSize: MiB } });
			expect(await visit.result()).toMatchObject({ size: 64 * MiB, verified: 'object', resumed: 0 });
		});
		await scene.expectStored(path);
		expect((await visit.seen()).warnings).toEqual([]);
		const { workers } = await visit.look();
		expect(workers.started).toBe(1);
		expect(workers.messages).toBeGreaterThanOrEqual(64);
		expect(read - (await bytesReadByFetch(scene, visit))).toBeLessThanOrEqual(1.2 * 64 * MiB);
	});

	test.each([0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 1, 4 * MiB, 4 * MiB + 1])(
		'a file of %i bytes is stored whole, in parts of 100 KiB and in those that are chosen for it',
		async (size) => {
			const path = await scene.file(size);
			const visit = await scene.visit();
			for (const [key, upload] of Object.entries({ small: { partSize: PART }, chosen: {} })) {
				await visit.upload(path, { key, upload });
				expect(await visit.result()).toMatchObject({ size, verified: 'object' });
				await scene.expectStored(path, key);
			}
		},
	);

	test('18 odd keys: the object lies under the very key', async () => {
		const path = await scene.file(PART + 1);
		const visit = await scene.visit();
		for (const key of KEYS) {
			await visit.upload(path, { key, upload: { partSize: PART } });
			expect(await visit.result()).toMatchObject({ key, verified: 'object' });
			await scene.expectStored(path, key);
		}
		expect(new Set(KEYS).size).toBe(18);
	});

	test.each([
		['crc64', 'object'],
		['md5', 'object'],
		['full', 'object'],
		['none', 'none'],
	] as const)('verify %s: stored whole, and %s is what it says of it', async (verify, verified) => {
		const path = await scene.file(3 * MiB + 1);
		const visit = await scene.visit();
		await visit.upload(path, { upload: { partSize: MiB, verify } });
		expect(await visit.result()).toMatchObject({ verified });
		expect((await visit.seen()).warnings).toEqual([]);
		await scene.expectStored(path);
	});

	test.each(['crc64', 'md5', 'none'] as const)(
		'the whole library in a worker, verify %s: stored whole',
		async (verify) => {
			const path = await scene.file(3 * MiB + 1);
			const visit = await scene.visit();
			await visit.upload(path, { inWorker: true, upload: { partSize: MiB, verify } });
			await visit.result();
			expect((await visit.seen()).warnings).toEqual([]);
			await scene.expectStored(path);
		},
	);

	test('with xhrTransport() progress moves inside a part', async () => {
		const path = await scene.file(6 * MiB);
		const visit = await scene.visit();
		scene.slowDown(MiB);
		await visit.upload(path, { transport: 'xhr', upload: { partSize: MiB } });
		await visit.whenSeen(({ movedInsidePart }) => movedInsidePart);
		scene.oss.clearFaults();
		await visit.result();
		await scene.expectStored(path);
	});
});
