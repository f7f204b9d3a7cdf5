import { beforeEach, expect, test, vi } from 'vitest';
import { type Uploads, uploadsOf } from '../../src/element/uploads.js';
import { stubLocalStorage } from './fake-storage.js';
import { FakeUploader, pendingUpload } from './fake-uploader.js';

const owner = { isDisabled: false, isConnected: true, tell: () => {} };
const file = new File(['12345'], 'film.mov');
let page: EventTarget;
let noted: Map<string, string>;

beforeEach(() => {
	vi.useFakeTimers();
	page = new EventTarget();
	vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
	noted = stubLocalStorage();
	return () => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	};
});

function visit() {
	const uploader = new FakeUploader();
	return { uploader, uploads: uploadsOf(uploader.asUploader) };
}

/** A row whose upload is `a`, and runs. */
function begin({ uploader, uploads }: { readonly uploader: FakeUploader; readonly uploads: Uploads }) {
	const item = uploads.add({
		...{ file, path: file.name, owner },
		begin: () => uploader.upload(file, { key: 'k' }),
	});
	uploads.show(item).start();
	const [task] = uploader.began.slice(-1);
	if (!task) throw new Error('Nothing was begun');
	task.checkpointId = 'a';
	task.go('uploading');
	return { item, task };
}

/** Within the seconds in which it could be brought back. */
function cancelAndLeave(isFollowed = false, isListed = true): void {
	const first = visit();
	const { item, task } = begin(first);
	task.isFollowed = isFollowed;
	if (isListed) first.uploader.list(pendingUpload('a', { running: true }));
	first.uploads.cancel(item);
	page.dispatchEvent(new Event('pagehide'));
	expect(task.state).toBe(isFollowed ? 'stopped' : 'aborted');
}

/** What the next visit shows and drops, each time that it is listed. */
function nextVisit(...listings: readonly Parameters<typeof pendingUpload>[1][]) {
	const { uploader, uploads } = visit();
	const shown = listings.map((over) => {
		uploader.list(pendingUpload('a', over));
		return uploads.pending.map(({ id }) => id);
	});
	return { shown, discarded: uploader.discarded };
}

test('what was cancelled when the page was left is dropped on the next visit, and stands in no list', () => {
	cancelAndLeave();
	expect(nextVisit({})).toEqual({ shown: [[]], discarded: ['a'] });
	expect([...noted]).toEqual([]);
});

test('what was discarded then is dropped too', () => {
	const { uploader, uploads } = visit();
	uploader.list(pendingUpload('a'));
	const [item] = uploads.pending;
	if (!item) throw new Error('One was listed');
	uploads.discard(item, () => {});
	page.dispatchEvent(new Event('pagehide'));
	expect(nextVisit({})).toEqual({ shown: [[]], discarded: ['a'] });
});

test('a page that is left lets go of it late: it is dropped when it does', () => {
	cancelAndLeave();
	expect(nextVisit({ running: true }, {})).toEqual({ shown: [[], []], discarded: ['a'] });
});

test('what another row of the page goes on with is interrupted, and not dropped', () => {
	cancelAndLeave(true);
	expect(nextVisit({})).toEqual({ shown: [['a']], discarded: [] });
});

test('what is not remembered is not noted', () => {
	cancelAndLeave(false, false);
	expect([...noted]).toEqual([]);
});

test('what goes on in this page is dropped no more, though it fails before a part of it is stored', async () => {
	vi.spyOn(console, 'error').mockImplementation(() => {});
	cancelAndLeave();
	const next = visit();
	const { item, task } = begin(next);
	next.uploader.list(pendingUpload('a', { running: true }));
	expect(next.uploads.pending).toEqual([]);
	await task.fail(new Error('gone'));
	next.uploader.list(pendingUpload('a'));
	expect(next.uploads.pending).toEqual([]);
	next.uploads.remove(item);
	next.uploader.list(pendingUpload('a'));
	expect(next.uploads.pending.map(({ id }) => id)).toEqual(['a']);
	expect(next.uploader.discarded).toEqual([]);
});
