import { expect, test } from 'vitest';
import { type FrailLine, frailLineTo } from '../stories/frail-line.js';
import { bucket, inEachEngine, MiB } from './scene.js';
import type { Visit } from './visit.js';

inEachEngine((scene) => {
	/** An upload of which two parts are stored, and the others are held. */
	async function halfway(
		endpoint = scene.oss.url,
	): Promise<{ readonly path: string; readonly visit: Visit }> {
		const path = await scene.file(8 * MiB);
		const visit = await scene.visit(endpoint);
		scene.holdFrom(3);
		await visit.upload(path, { upload: { partSize: MiB } });
		await visit.whenSeen(({ partsDone }) => partsDone === 2);
		return { path, visit };
	}

	test('pause() lets nothing go out, and resume() sends what is missing', async () => {
		const { path, visit } = await halfway();
		await visit.tab.call('pause');
		const paused = await visit.whenSeen(({ state }) => state === 'paused');
		expect(paused).toMatchObject({ stored: 2 * MiB, retries: 0, warnings: [] });
		scene.oss.clearFaults();
		await scene.whenIdle();
		const before = scene.oss.requests.length;
		await visit.tab.call('resume');
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		const sent = scene.oss.requests
			.slice(before)
			.flatMap(({ operation, partNumber = [] }) => (operation === 'UploadPart' ? partNumber : []));
		expect(sent.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8]);
		expect(scene.count('InitiateMultipartUpload')).toBe(1);
		await scene.expectStored(path);
	});

	test('abort() has OSS drop the parts, and nothing is kept', async () => {
		const { visit } = await halfway();
		await visit.tab.call('abort');
		expect(await visit.outcome()).toMatchObject({ error: { name: 'AbortError' } });
		await visit.whenSeen(({ state }) => state === 'aborted');
		await scene.oss.whenRequest(
			({ operation, status }) => operation === 'AbortMultipartUpload' && status === 204,
		);
		expect(scene.oss.uploads(bucket)).toEqual([]);
		expect(await visit.tab.call('pending')).toEqual([]);
	});

	/** The line is dead, and the browser says so: by itself where its driver can make it. */
	async function goOffline({ tab }: Visit, line: FrailLine): Promise<() => Promise<void>> {
		const say = async (isOffline: boolean) => {
			if (tab.setOffline) await tab.setOffline(isOffline);
			else await tab.call('claimOffline', isOffline);
		};
		await say(true);
		line.cut();
		return async () => {
			line.mend();
			await say(false);
		};
	}

	test('abort() while offline ends at once and says so, and OSS is told once online', async () => {
		const line = await frailLineTo(scene.oss.url);
		const { visit } = await halfway(line.url);
		const goOnline = await goOffline(visit, line);
		try {
			await visit.whenSeen(({ state }) => state === 'offline');
			await visit.tab.call('abort');
			expect(await visit.outcome()).toMatchObject({ error: { name: 'AbortError' } });
			const { warnings } = await visit.whenSeen(({ warnings }) => warnings.length > 0);
			expect(warnings).toEqual([expect.objectContaining({ code: 'Abandoned' })]);
			expect(await visit.tab.call('pending')).toEqual([]);
			expect(scene.oss.uploads(bucket)).toHaveLength(1);
		} finally {
			await goOnline();
		}
		await scene.oss.whenRequest(
			({ operation, status }) => operation === 'AbortMultipartUpload' && status === 204,
		);
		expect(scene.oss.uploads(bucket)).toEqual([]);
		await line.close();
	});

	test('a line that is dead for a while: the upload goes on, and sends no stored part again', async () => {
		const line = await frailLineTo(scene.oss.url);
		try {
			const { path, visit } = await halfway(line.url);
			line.cut();
			scene.oss.clearFaults();
			await visit.whenSeen(({ retries }) => retries >= 5);
			line.mend();
			expect(await visit.result()).toMatchObject({ verified: 'object' });
			expect(scene.count('InitiateMultipartUpload')).toBe(1);
			await scene.expectStored(path);
		} finally {
			await line.close();
		}
	});
});
