import { afterEach, expect, test, vi } from 'vitest';
import { type EffectScope, effectScope, reactive, ref, shallowRef } from 'vue';
import type {
	TaskSnapshot,
	Uploader,
	UploaderOptions,
	UploaderSnapshot,
	UploadTask,
} from '../../src/index.js';
import { memoryCheckpoints } from '../../src/index.js';
import { optionsOf } from '../../src/inside.js';
import { useTask, useUploader, useUploads } from '../../src/vue.js';
import { FakeWatched } from '../binding/fake-element.js';

let scope: EffectScope = effectScope();

afterEach(() => {
	scope.stop();
	scope = effectScope();
});

const within = <T>(setup: () => T): T => scope.run(setup) as T;

const getCredentials = vi.fn();
const options = (over: Partial<UploaderOptions> = {}): UploaderOptions => ({
	...{ bucket: 'examplebucket', region: 'cn-hangzhou', getCredentials },
	checkpoints: memoryCheckpoints(),
	...over,
});

const isOpen = (uploader: Uploader): Promise<boolean> =>
	uploader.pending().then(
		() => true,
		() => false,
	);

test('an uploader lives as long as the scope', async () => {
	const { value } = within(() => useUploader(options()));
	expect(await isOpen(value)).toBe(true);
	scope.stop();
	expect(await isOpen(value)).toBe(false);
});

test('another scope makes another uploader at once, and the first is closed', async () => {
	const person = ref('alice');
	const uploader = within(() => useUploader(() => options({ scope: person.value })));
	const hers = uploader.value;
	person.value = 'bob';
	const his = uploader.value;
	expect(optionsOf.get(his)?.scope).toBe('bob');
	expect([await isOpen(hers), await isOpen(his)]).toEqual([false, true]);
	scope.stop();
	expect(await isOpen(his)).toBe(false);
});

test('its functions are those that a getter answers now', () => {
	let latest = vi.fn();
	const turn = ref(0);
	const uploader = within(() =>
		useUploader(() => options({ parallel: turn.value + 1, getCredentials: latest })),
	);
	const first = uploader.value;
	latest = vi.fn();
	turn.value++;
	expect(uploader.value).toBe(first);
	const { signal } = new AbortController();
	optionsOf.get(first)?.getCredentials?.({ bucket: 'examplebucket', key: 'k', reason: 'initial', signal });
	expect(latest).toHaveBeenCalledTimes(1);
});

test('options that are reactive are taken as they are, without proxies', async () => {
	const checkpoints = memoryCheckpoints();
	const state = reactive({ ...options(), checkpoints });
	const { value } = within(() => useUploader(state as unknown as UploaderOptions));
	expect(optionsOf.get(value)?.checkpoints).toBe(checkpoints);
	expect(await isOpen(value)).toBe(true);
});

const fakeTask = () => new FakeWatched({ state: 'waiting' } as TaskSnapshot);

test('a task is shown as it stands, or none, or another', () => {
	const [one, other] = [fakeTask(), fakeTask()];
	const task = shallowRef<FakeWatched<TaskSnapshot>>();
	const shown = within(() => useTask(() => task.value as unknown as UploadTask | undefined));
	expect(shown.value).toBeUndefined();
	task.value = one;
	expect(shown.value?.state).toBe('waiting');
	one.become({ state: 'uploading' } as TaskSnapshot);
	expect(shown.value?.state).toBe('uploading');
	task.value = other;
	expect(shown.value?.state).toBe('waiting');
	expect([one.listeners.size, other.listeners.size]).toEqual([0, 1]);
	scope.stop();
	expect(other.listeners.size).toBe(0);
});

test('an uploader is shown as it stands', () => {
	const uploader = new FakeWatched({ tasks: [] } as unknown as UploaderSnapshot);
	const shown = within(() => useUploads(uploader as unknown as Uploader));
	expect(shown.value.tasks).toHaveLength(0);
	uploader.become({ tasks: [fakeTask()] } as unknown as UploaderSnapshot);
	expect(shown.value.tasks).toHaveLength(1);
});
