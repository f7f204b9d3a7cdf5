import { expect, test } from 'vitest';
import { inEachEngine, MiB } from './scene.js';

const TAKES_OVER_MS = 2000;

inEachEngine((scene) => {
	test.each([1, 5, 9])(
		'a tab that another follows is closed when it has stored %i parts: the other goes on within 2 s, and nothing is sent twice',
		async (parts) => {
			const path = await scene.file(12 * MiB);
			const upload = { partSize: MiB, ifRunning: 'follow' } as const;
			const [first, second] = [await scene.visit(), await scene.visit()];
			scene.holdFrom(parts + 1);
			await first.upload(path, { upload });
			await first.whenSeen(({ partsDone }) => partsDone === parts);
			await second.upload(path, { upload });
			// Its leader's figures.
			await second.whenSeen(({ state, partsDone }) => state === 'uploading' && partsDone === parts);
			scene.oss.clearFaults();
			const seen = scene.oss.requests.length;
			const goesOn = scene.oss.whenRequest(
				(record) => scene.oss.requests.indexOf(record) >= seen && record.operation === 'ListParts',
			);
			await first.tab.close();
			scene.forget(first);
			const closedAt = Date.now();
			await goesOn;
			expect(Date.now() - closedAt).toBeLessThan(TAKES_OVER_MS);
			// Parts that hung may have been stored in the end.
			expect((await second.result()).resumed).toBeGreaterThanOrEqual(parts * MiB);
			scene.expectNothingTwice();
			expect(scene.count('InitiateMultipartUpload')).toBe(1);
			expect(scene.count('CompleteMultipartUpload')).toBe(1);
			await scene.expectStored(path);
			scene.survived('followed tab', 'follower');
		},
	);

	test('a tab that another follows ends: both are done with one upload', async () => {
		const path = await scene.file(8 * MiB);
		const upload = { partSize: MiB, ifRunning: 'follow' } as const;
		const [first, second] = [await scene.visit(), await scene.visit()];
		scene.holdFrom(5);
		await first.upload(path, { upload });
		await first.whenSeen(({ partsDone }) => partsDone === 4);
		await second.upload(path, { upload });
		await second.whenSeen(({ state }) => state === 'uploading');
		scene.oss.clearFaults();
		const [result, other] = [await first.result(), await second.result()];
		expect(other).toMatchObject({ etag: result.etag, crc64: result.crc64, verified: 'object' });
		expect(scene.count('CompleteMultipartUpload')).toBe(1);
		scene.expectNothingTwice();
	});
});
