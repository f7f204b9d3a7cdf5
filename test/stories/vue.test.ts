import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { OssUpload, useUploader, useUploads } from '../../src/vue.js';
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
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Pause');
	await shows('task', new RegExp(`^paused ${2 * PART} `));
	oss.clearFaults();
	await click('Resume');
	await shows('task', new RegExp(`^done ${SIZE} `));
	await shows('uploader', /^0 tasks/);
	await expectStored();
	expect(complaints).toEqual([]);
});

test('an uploader of a component ends with it, and goes on where it is made again', async () => {
	app = await stage.open('vue.html', 'own');
	const { shows, click, hangAt, oss, expectStored, complaints } = app;
	hangAt(3);
	await click('Upload');
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Unmount');
	await click('Mount');
	oss.clearFaults();
	await click('Upload');
	await shows('task', new RegExp(`^done ${SIZE} ${2 * PART}$`));
	await expectStored();
	expect(complaints).toEqual([]);
});

test("another scope makes another uploader: the first one's task stops", async () => {
	app = await stage.open('vue.html', 'own');
	const { shows, click, hangAt, complaints } = app;
	hangAt(3);
	await click('Upload');
	await shows('uploader', /^1 tasks/);
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Sign in as Bob');
	await shows('task', /^stopped/);
	await shows('uploader', /^0 tasks/);
	expect(complaints).toEqual([]);
});

test('the element takes properties, events and slots, though it is defined later than it is shown', async () => {
	app = await stage.open('vue.html', 'element');
	const { shows, pickInElement, expectStored, complaints, page } = app;
	await page.getByText('Your films').waitFor();
	await pickInElement();
	await shows('stored', /^k stored/);
	await expectStored();
	await pickInElement();
	await shows('stored', /^k,k1 stored/);
	expect(await page.locator('oss-upload.films[multiple]').count()).toBe(1);
	expect(complaints).toEqual([]);
});

test('rendered on a server, the element is its tag, with its slots', async () => {
	const Page = () =>
		h(OssUpload, { multiple: true, class: 'films', uploader: undefined }, () => [
			h('b', { slot: 'hint' }, 'Films'),
		]);
	const html = await renderToString(createSSRApp(Page));
	expect(html).toBe('<oss-upload class="films"><b slot="hint">Films</b></oss-upload>');
});

test('rendered on a server, an uploader shows that nothing runs', async () => {
	const setup = () => {
		const own = useUploader({ bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials: vi.fn() });
		const shown = useUploads(own);
		return () => `${shown.value.tasks.length} of ${shown.value.totals.total}`;
	};
	expect(await renderToString(createSSRApp({ setup }))).toBe('0 of 0');
});
