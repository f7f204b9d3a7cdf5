import { Activity, act, createElement } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
	TaskSnapshot,
	Uploader,
	UploaderOptions,
	UploaderSnapshot,
	UploadTask,
} from '../../src/index.js';
import { memoryCheckpoints } from '../../src/index.js';
import { optionsOf } from '../../src/inside.js';
import { useTask, useUploader, useUploads } from '../../src/react.js';
import { FakeWatched } from '../binding/fake-element.js';
import { show, unmount } from './rendering.js';

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
	unmount();
	vi.useRealTimers();
});

const getCredentials = vi.fn();
const options = (over: Partial<UploaderOptions> = {}): UploaderOptions => ({
	...{ bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials },
	checkpoints: memoryCheckpoints(),
	...over,
});

let used: Uploader;

function Own({ given = options() }: { readonly given?: UploaderOptions }) {
	used = useUploader(given);
	return null;
}

const isOpen = (uploader: Uploader): Promise<boolean> =>
	uploader.pending().then(
		() => true,
		() => false,
	);

test('one uploader lives as long as its component, though StrictMode ends and begins its effects', async () => {
	show(createElement(Own));
	const first = used;
	vi.runAllTimers();
	show(createElement(Own));
	vi.runAllTimers();
	expect(used).toBe(first);
	expect(await isOpen(first)).toBe(true);
	unmount();
	expect(await isOpen(first)).toBe(true);
	vi.runAllTimers();
	expect(await isOpen(first)).toBe(false);
});

test('another scope makes another uploader, and the first is closed', async () => {
	show(createElement(Own, { given: options({ scope: 'alice' }) }));
	const hers = used;
	show(createElement(Own, { given: options({ scope: 'bob' }) }));
	const his = used;
	vi.runAllTimers();
	expect(his).not.toBe(hers);
	expect(optionsOf.get(his)?.scope).toBe('bob');
	expect([await isOpen(hers), await isOpen(his)]).toEqual([false, true]);
});

test('its functions are those of the latest render', () => {
	show(createElement(Own));
	const first = used;
	const latest = vi.fn();
	show(createElement(Own, { given: options({ getCredentials: latest }) }));
	expect(used).toBe(first);
	const { signal } = new AbortController();
	optionsOf.get(used)?.getCredentials?.({ bucket: 'examplebucket', key: 'k', reason: 'initial', signal });
	expect(latest).toHaveBeenCalledTimes(1);
	expect(getCredentials).not.toHaveBeenCalled();
});

test('a component that was hidden has an uploader that works when it is shown again', async () => {
	const inside = (mode: 'hidden' | 'visible') =>
		createElement(Activity, { mode, children: createElement(Own) });
	show(inside('visible'));
	const first = used;
	show(inside('hidden'));
	vi.runAllTimers();
	expect(await isOpen(first)).toBe(false);
	show(inside('visible'));
	vi.runAllTimers();
	expect(used).not.toBe(first);
	expect(await isOpen(used)).toBe(true);
});

const task = () => new FakeWatched({ state: 'waiting' } as TaskSnapshot);
const shown = () => document.body.textContent;

function Shown({ given }: { readonly given?: FakeWatched<TaskSnapshot> | undefined }) {
	return useTask(given as unknown as UploadTask | undefined)?.state ?? 'none';
}

test('a task is shown as it stands, or none, or another', () => {
	const [one, other] = [task(), task()];
	show(createElement(Shown));
	expect(shown()).toBe('none');
	show(createElement(Shown, { given: one }));
	expect(shown()).toBe('waiting');
	act(() => one.become({ state: 'uploading' } as TaskSnapshot));
	expect(shown()).toBe('uploading');
	show(createElement(Shown, { given: other }));
	expect([one.listeners.size, other.listeners.size]).toEqual([0, 1]);
	unmount();
	expect(other.listeners.size).toBe(0);
});

test('an uploader is shown as it stands', () => {
	const uploader = new FakeWatched({ tasks: [] } as unknown as UploaderSnapshot);
	const Uploads = () => useUploads(uploader as unknown as Uploader).tasks.length;
	show(createElement(Uploads));
	expect(shown()).toBe('0');
	act(() => uploader.become({ tasks: [task()] } as unknown as UploaderSnapshot));
	expect(shown()).toBe('1');
});
