import { expect, test, vi } from 'vitest';
import { fileOf, interrupted, openWorld, PART, whenStored } from '../page.js';

test('that OSS could not be told of what is discarded is said on the console, and to no task of another upload', async () => {
	const world = await openWorld();
	await interrupted(world, fileOf(6 * PART), { key: 'old' });
	const page = world.page();
	const [{ id = '' } = {}] = await page.pending();
	const task = page.upload(fileOf(6 * PART), { key: 'k', partSize: PART });
	const heard: string[] = [];
	task.on('warning', ({ code }) => code === 'Abandoned' && heard.push(code));
	await whenStored(task, 1);
	world.fault({
		operation: 'AbortMultipartUpload',
		times: 'always',
		action: { type: 'status', status: 403, code: 'UserDisable' },
	});
	const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
	await page.discard(id);
	expect(said.mock.calls).toEqual([[expect.stringMatching(/Abandoned: .*"old"/)]]);
	said.mockRestore();
	await task.result;
	expect(heard).toEqual([]);
});
