import { createElement, useSyncExternalStore } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createUploader } from '../../src/index.js';
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

test('useSyncExternalStore takes what uploaders and tasks have, as it stands', async () => {
	const { shows, click, hangAt, oss, expectStored, complaints } = await open('shared');
	await shows('uploader', /^0 tasks/);
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

test('an uploader that an effect makes and its end closes works, and goes on after the component was away [D3]', async () => {
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

test('rendered on a server, an uploader shows that nothing runs, and complains of nothing', async () => {
	const complain = vi.spyOn(console, 'error');
	const warn = vi.spyOn(console, 'warn');
	const uploader = createUploader({
		bucket: 'examplebucket',
		region: 'cn-hangzhou',
		getCredentials: vi.fn(),
	});
	const Count = () => {
		const { subscribe, snapshot } = uploader;
		const { tasks, pending, totals } = useSyncExternalStore(subscribe, snapshot, snapshot);
		return [tasks.length, pending.length, totals.total].join();
	};
	expect(renderToString(createElement(Count))).toBe('0,0,0');
	await uploader.close();
	expect([complain, warn].flatMap(({ mock }) => mock.calls)).toEqual([]);
});
