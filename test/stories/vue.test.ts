import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AppPage, openStage, PART, SIZE, type Stage } from './frameworks/stage.js';

let stage: Stage;
let app: AppPage;

beforeAll(async () => {
	stage = await openStage();
});

afterEach(() => app?.close());
afterAll(() => stage?.close());

test('ref, reactive and a deep watch take tasks and uploaders, and templates show their snapshots [D2]', async () => {
	app = await stage.open('vue.html');
	const { shows, click, hangAt, oss, expectStored, complaints } = app;
	hangAt(3);
	await click('Upload');
	await shows('uploader', /^1 tasks/);
	await shows('held', new RegExp(`^true ${SIZE} changed$`));
	await shows('task', new RegExp(`^uploading ${2 * PART}$`));
	await click('Pause');
	await shows('task', new RegExp(`^paused ${2 * PART}$`));
	oss.clearFaults();
	await click('Resume');
	await shows('task', new RegExp(`^done ${SIZE}$`));
	await shows('uploader', /^0 tasks/);
	await expectStored();
	expect(complaints).toEqual([]);
});
