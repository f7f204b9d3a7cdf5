import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { News } from '../../src/element/upload-file.js';
import { type Uploads, uploadsOf } from '../../src/element/uploads.js';
import { UploadError } from '../../src/index.js';
import { FakeUploader, pendingUpload } from './fake-uploader.js';

const owner = { isDisabled: false, isConnected: true, tell: vi.fn() };
const file = new File(['12345'], 'film.mov');
let uploader: FakeUploader;
let uploads: Uploads;
let news: News[];

beforeEach(() => {
	vi.useFakeTimers();
	uploader = new FakeUploader();
	uploads = uploadsOf(uploader.asUploader);
	news = [];
	owner.tell.mockClear();
	uploads.speakers.add({
		isHeard: () => true,
		hear: (_, each) => [each],
		say: (sentences) => news.push(...(sentences as News[])),
	});
});
afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});

/** A row whose upload is under way. */
function begin() {
	const item = uploads.add({
		...{ file, path: 'holiday/film.mov', owner },
		begin: (key) => uploader.upload(file, { key: key ?? 'k' }),
	});
	uploads.show(item).start();
	const [task] = uploader.began.slice(-1);
	if (!task) throw new Error('Nothing was begun');
	return { item, task };
}

test('whoever took a file is told what becomes of it, until it is removed', async () => {
	const { item, task } = begin();
	task.go('uploading');
	expect(owner.tell).toHaveBeenCalledExactlyOnceWith(item, 'started');
	uploads.remove(item);
	await task.finish();
	expect(owner.tell).toHaveBeenCalledOnce();
	expect(news).toEqual(['started']);
});

test('what is not shown yet has its place, and is its owner’s', () => {
	const add = (name: string) =>
		uploads.add({
			...{ file: new File(['1'], name), path: name, owner },
			begin: () => uploader.upload(file, { key: 'k' }),
		});
	const [first, second] = [add('first'), add('second')];
	uploads.show(second);
	expect(uploads.items).toEqual([second]);
	expect(uploads.of(owner)).toEqual([first, second]);
	uploads.show(first);
	expect(uploads.items).toEqual([first, second]);
	expect(uploads.of({ ...owner })).toEqual([]);
});

test('what is cleared leaves the list, and what is stored is still its owner’s', async () => {
	const [stored, running] = [begin(), begin()];
	await stored.task.finish();
	running.task.go('uploading');
	const own = uploader.upload(file, { key: 'own' });
	await own.finish();
	const { item: refused } = begin();
	refused.refuse('too old');
	uploads.clear();
	expect(uploads.items).toEqual([running.item]);
	expect(uploads.of(owner)).toEqual([stored.item, running.item]);
	expect(uploads.of(undefined)).toEqual([]);
});

test('elements of one uploader share one list', () => {
	expect(uploadsOf(uploader.asUploader)).toBe(uploads);
	expect(uploadsOf(new FakeUploader().asUploader)).not.toBe(uploads);
});

test('a file has one row, from its queue to its end, and stays when its task has ended', async () => {
	const { item, task } = begin();
	expect(uploads.items).toEqual([item]);
	task.go('uploading', 1);
	task.go('paused');
	task.go('uploading', 3);
	await task.finish('films/k');
	expect(news).toEqual(['started', 'paused', 'resumed', 'percent', 'done']);
	expect(uploads.snapshot().files).toMatchObject([
		{ name: 'film.mov', path: 'holiday/film.mov', state: 'done', key: 'films/k' },
	]);
	expect(uploader.tasks).toEqual([]);
	expect(uploads.items).toEqual([item]);
});

test('the snapshot is one value until something changes', () => {
	const { task } = begin();
	const first = uploads.snapshot();
	expect(uploads.snapshot()).toBe(first);
	task.go('uploading', 1);
	expect(uploads.snapshot()).not.toBe(first);
});

test('tasks that the app began itself are shown, and cannot be sent again without their file', async () => {
	const task = uploader.upload(new File(['1'], 'own.txt'), { key: 'k' });
	expect(uploads.items.map(({ name }) => name)).toEqual(['own.txt']);
	await task.fail(new UploadError('Network', 'gone'));
	expect(uploads.items[0]).toMatchObject({ state: 'failed', canRetry: false });
});

test('what is cancelled stops at once, and comes back for some seconds', () => {
	const { item, task } = begin();
	task.go('uploading', 1);
	uploads.cancel(item);
	expect([item.state, task.state]).toEqual(['aborted', 'paused']);
	item.undo();
	expect([item.state, task.state]).toEqual(['uploading', 'uploading']);
	vi.advanceTimersByTime(60_000);
	expect(task.state).toBe('uploading');
});

test('what is cancelled is told as cancelled, and not as paused', () => {
	const { item, task } = begin();
	task.go('uploading', 1);
	uploads.cancel(item);
	expect(news).toEqual(['started', 'aborted']);
	item.undo();
	expect(news).toEqual(['started', 'aborted', 'resumed']);
});

test('what was paused before it was cancelled is paused when that is undone', () => {
	const { item, task } = begin();
	task.go('paused');
	uploads.cancel(item);
	item.undo();
	expect(task.state).toBe('paused');
});

test('after some seconds it is dropped, and leaves the list', async () => {
	const { item, task } = begin();
	uploads.cancel(item);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(task.state).toBe('aborted');
	expect(uploads.items).toEqual([]);
});

test('an upload that ends before that is done, and not dropped', async () => {
	const { item, task } = begin();
	uploads.cancel(item);
	await task.finish();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(item.state).toBe('done');
	expect(uploads.items).toEqual([item]);
});

test('a failed file is tried again under the key that it had', async () => {
	const { item, task } = begin();
	task.key = 'films/1';
	task.go('uploading');
	await task.fail(new UploadError('Network', 'gone'));
	expect(item.canRetry).toBe(true);
	item.start();
	expect(uploader.began.at(-1)?.options.key).toBe('films/1');
	expect(item).toMatchObject({ state: 'waiting', error: undefined });
	uploader.began.at(-1)?.go('uploading');
	expect(news).toEqual(['started', 'failed', 'started']);
});

test('what failed is said on the console, for whoever builds the page', async () => {
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	const { task } = begin();
	const error = new UploadError('Cors', 'The rule lacks PUT');
	await task.fail(error);
	expect(said.mock.calls).toEqual([['oss-resumable-upload: "holiday/film.mov" failed.', error]]);
});

test.each(['Locked', 'CallbackFailed'] as const)(
	'what failed as %s belongs to others: it is not dropped',
	async (code) => {
		const { item, task } = begin();
		await task.fail(new UploadError(code, 'no'));
		await uploads.drop(item);
		expect(task.state).toBe('failed');
	},
);

test('interrupted uploads are shown, but those that run, here or elsewhere', () => {
	const { task } = begin();
	task.checkpointId = 'ours';
	uploader.list(pendingUpload('old'), pendingUpload('ours'), pendingUpload('tab', { running: true }));
	expect(uploads.pending.map(({ id }) => id)).toEqual(['old']);
});

test('with the list OSS is told of what earlier visits could not tell, though nothing is begun', () => {
	expect(uploader.hasSwept).toBe(true);
});

test('one that is discarded comes back for some seconds', async () => {
	uploader.list(pendingUpload('a'), pendingUpload('b'));
	const [a, b] = uploads.pending;
	if (!a || !b) throw new Error('Two were listed');
	uploads.discard(a, () => {});
	uploads.discard(b, () => {});
	uploads.undoDiscard(b);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(uploader.discarded).toEqual(['a']);
	expect(uploads.pending.map(({ id }) => id)).toEqual(['b']);
});

test.each<[string, () => void]>([
	[
		'in this page',
		() => {
			const { task } = begin();
			task.checkpointId = 'a';
			task.go('uploading');
		},
	],
	['in another tab', () => uploader.list(pendingUpload('a', { running: true }))],
])('one that goes on %s is not discarded any more', async (_, goOn) => {
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	uploads.discard(a, () => {});
	goOn();
	expect(uploads.pending).toEqual([]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(uploader.discarded).toEqual([]);
});

test('one that cannot be discarded is shown again, with the reason', async () => {
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	uploader.discard = () => Promise.reject(new UploadError('Locked', 'it runs'));
	const onFailed = vi.fn();
	uploads.discard(a, onFailed);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(onFailed).toHaveBeenCalledOnce();
	expect(uploads.pending).toEqual([a]);
});

test('a resumed upload moves to the list when its file was looked at', async () => {
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	const resumed = uploads.resume(a, file, owner, () => ({}));
	expect(uploads.items).toEqual([]);
	expect(a.isBusy).toBe(true);
	expect(uploads.of(owner).map(({ name }) => name)).toEqual(['a.mov']);
	uploader.began[0]?.go('preparing');
	uploader.began[0]?.go('uploading', 2);
	expect(await resumed).toBe(true);
	expect(uploads.items.map(({ name }) => name)).toEqual(['a.mov']);
	expect(uploads.pending).toEqual([]);
});

test('one that is dropped while its file is looked at comes into no list', async () => {
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	const resumed = uploads.resume(a, file, owner, () => ({}));
	uploader.began[0]?.go('preparing');
	for (const item of uploads.of(owner)) void uploads.drop(item);
	await resumed;
	expect(uploader.began[0]?.state).toBe('aborted');
	expect(uploads.items).toEqual([]);
});

test('another file of the same size changes nothing, and nothing has failed', async () => {
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	const resumed = uploads.resume(a, file, owner, () => ({}));
	await uploader.began[0]?.fail(new UploadError('FileChanged', 'another'));
	expect(await resumed).toBe(false);
	expect(uploads.items).toEqual([]);
	expect(uploads.of(owner)).toEqual([]);
	expect(uploads.pending).toEqual([a]);
	expect(news).toEqual([]);
	expect(said).not.toHaveBeenCalled();
});

test.each([
	['waits for its turn', () => vi.advanceTimersToNextTimer()],
	['is paused before its turn', () => uploader.began[0]?.pause()],
])('a resumed upload that %s is in the list, and goes back where its file is another', async (_, happen) => {
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	const resumed = uploads.resume(a, file, owner, () => ({}));
	happen();
	expect(uploads.items).toMatchObject([{ name: 'a.mov', isRunning: uploader.began[0]?.state === 'waiting' }]);
	expect(uploads.pending).toEqual([]);
	uploads.items[0]?.pause();
	uploader.began[0]?.go('waiting');
	uploader.began[0]?.go('preparing');
	await uploader.began[0]?.fail(new UploadError('FileChanged', 'another'));
	expect(await resumed).toBe(false);
	expect(uploads.items).toEqual([]);
	expect(uploads.pending).toEqual([a]);
	expect(news).not.toContain('failed');
	expect(said).not.toHaveBeenCalled();
});

test('one that cannot go on has failed, and is shown so', async () => {
	vi.spyOn(console, 'error').mockImplementation(() => {});
	uploader.list(pendingUpload('a'));
	const [a] = uploads.pending;
	if (!a) throw new Error('One was listed');
	const resumed = uploads.resume(a, file, owner, () => ({}));
	await uploader.began[0]?.fail(new UploadError('Locked', 'another tab'));
	expect(await resumed).toBe(true);
	expect(uploads.items).toMatchObject([{ state: 'failed' }]);
	expect(news).toEqual(['failed']);
});

test('a file of another size is not even begun', async () => {
	uploader.list(pendingUpload('a', { size: 6 }));
	const [a] = uploads.pending;
	expect(a && (await uploads.resume(a, file, owner, () => ({})))).toBe(false);
	expect(uploader.began).toEqual([]);
});
