import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { OssUpload, useTask, useUploader, useUploads } from '../../src/react.js';
import { type AppPage, openStage, PART, SIZE, type Stage } from './frameworks/stage.js';

/* React 19 as it is developed with: StrictMode, in which each effect begins, ends and begins again, and Fast Refresh. */

let stage: Stage;
let app: AppPage;

beforeAll(async () => {
	stage = await openStage();
});

afterEach(() => app?.close());
afterAll(() => stage?.close());

const open = async (story: string): Promise<AppPage> => {
	app = await stage.open('react.html', story);
	return app;
};

const initiated = (): number =>
	app.oss.requests.filter(({ operation }) => operation === 'InitiateMultipartUpload').length;

test('an uploader and a task are shown as they stand', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('shared');
	await shows('uploader', /^0 tasks/);
	await shows('task', /^none$/);
	hangAt(3);
	await click('Upload');
	await shows('uploader', /^1 tasks/);
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await shows('changes', /^changed/);
	oss.clearFaults();
	await shows('task', new RegExp(`^done ${SIZE} `));
	await shows('uploader', /^0 tasks/);
	await expectStored();
	expect(complaints).toEqual([]);
});

test('an uploader of a component survives StrictMode, ends with it, and goes on where it is made again [D3]', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('own');
	hangAt(3);
	await click('Upload');
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Unmount');
	await click('Mount');
	oss.clearFaults();
	await click('Upload');
	await shows('task', new RegExp(`^done ${SIZE} ${2 * PART} `));
	await expectStored();
	expect(initiated()).toBe(1);
	expect(complaints).toEqual([]);
});

test('its functions are those of the latest render, and another scope makes another: the first one’s task stops', async () => {
	const { shows, click, hangAt, complaints } = await open('own');
	hangAt(3);
	await click('Click');
	await shows('asked', /^a click$/);
	await click('Upload');
	await shows('asked', /^alice after a click$/);
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Sign in as Bob');
	await shows('task', /^stopped/);
	await shows('uploader', /^0 tasks/);
	await click('Upload');
	await shows('asked', /^bob after alice after a click$/);
	expect(complaints).toEqual([]);
});

test('the element takes properties, events and slots, though it is defined later than it is shown', async () => {
	const { shows, click, pickInElement, expectStored, complaints, page } = await open('element');
	await page.getByText('Your films').waitFor();
	await pickInElement();
	await shows('stored', /^k stored/);
	await expectStored();
	await click('Move');
	await page.getByText('Yours').waitFor();
	await pickInElement();
	await shows('stored', /^k,k1 stored/);
	expect(await page.locator('oss-upload.films[multiple]').count()).toBe(1);
	expect(complaints).toEqual([]);
});

test('one that is kept though an effect closed it says so, and what to do [D3]', async () => {
	const { shows, click } = await open('closed');
	await click('Upload');
	await shows('failure', /^TypeError: This uploader was closed: make another one with createUploader\(\)/);
});

test('an upload that an effect begins and its end stops is sent once', async () => {
	const { shows, complaints } = await open('on mount');
	await shows('task', new RegExp(`^done ${SIZE} `));
	expect(initiated()).toBe(1);
	expect(complaints).toEqual([]);
});

let edits = 0;

/** Until it is shown anew, with the state of its components kept. */
async function editApp(): Promise<void> {
	const heading = `Edited ${++edits} times`;
	await stage.server.edit('app.tsx', (source) => source.replace(/<h1>.*<\/h1>/, `<h1>${heading}</h1>`));
	await app.page.getByRole('heading', { name: heading }).waitFor();
}

const editModule = (file: string) =>
	stage.server.edit(file, (source) => `${source}\nexport const edition${++edits} = ${edits};\n`);

test('Fast Refresh of a component leaves a module’s uploader and its tasks alone', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('shared');
	hangAt(3);
	await click('Upload');
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await editApp();
	await shows('uploader', /^1 tasks/);
	oss.clearFaults();
	await shows('task', new RegExp(`^done ${SIZE} `));
	await expectStored();
	expect(complaints).toEqual([]);
});

test('Fast Refresh leaves the uploader of a component alone, and the element with what it uploads', async () => {
	const { shows, hangAt, pickInElement, oss, expectStored, complaints, page } = await open('element');
	hangAt(3);
	await pickInElement();
	const row = page.getByRole('listitem').filter({ hasText: 'picked.bin' });
	await row.getByText('Uploading').first().waitFor();
	await editApp();
	await row.getByText('Uploading').first().waitFor();
	oss.clearFaults();
	await shows('stored', /^k stored/);
	await expectStored();
	expect(initiated()).toBe(1);
	expect(complaints).toEqual([]);
});

test('where the uploader’s own module is evaluated anew, the task of the old one goes on, and holds its upload', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('shared');
	hangAt(3);
	await click('Upload');
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await editModule('uploads.ts');
	await shows('uploader', /^0 tasks, 1 running elsewhere/);
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await click('Upload');
	await shows('task', /^failed .* Locked$/);
	oss.clearFaults();
	// The old one's, of which nothing is shown any more.
	await oss.whenArrived(({ operation }) => operation === 'CompleteMultipartUpload');
	await expect.poll(() => oss.object('examplebucket', 'k')).toBeDefined();
	await expectStored();
	expect(initiated()).toBe(1);
	expect(complaints).toEqual([]);
});

test('where that module keeps its uploader in `import.meta.hot.data`, nothing of it is lost', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('kept');
	hangAt(3);
	await click('Upload');
	await shows('task', new RegExp(`^uploading ${2 * PART} `));
	await editModule('kept-uploads.ts');
	// What is edited later is shown later.
	await editApp();
	await shows('uploader', /^1 tasks/);
	oss.clearFaults();
	await shows('task', new RegExp(`^done ${SIZE} `));
	await shows('uploader', /^0 tasks/);
	await expectStored();
	expect(complaints).toEqual([]);
});

test('rendered on a server, an uploader shows that nothing runs, and nothing complains', async () => {
	const complain = vi.spyOn(console, 'error');
	const warn = vi.spyOn(console, 'warn');
	const Count = () => {
		const uploader = useUploader({ bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials: vi.fn() });
		const { tasks, pending, totals } = useUploads(uploader);
		return [tasks.length, pending.length, totals.total, useTask(undefined)?.state].join();
	};
	expect(renderToString(createElement(Count))).toBe('0,0,0,');
	const hint = createElement('b', { slot: 'hint' }, 'Films');
	expect(renderToString(createElement(OssUpload, { multiple: true, className: 'films' }, hint))).toBe(
		'<oss-upload class="films"><b slot="hint">Films</b></oss-upload>',
	);
	expect([complain, warn].flatMap(({ mock }) => mock.calls)).toEqual([]);
});
