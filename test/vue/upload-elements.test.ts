import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { type App, type Component, createApp, h, nextTick, reactive, ref, type Slots, type VNode } from 'vue';
import type { Uploader } from '../../src/index.js';
import { OssUpload, OssUploadList } from '../../src/vue.js';
import { type FakeElement, shownElement } from '../binding/fake-element.js';

let app: App | undefined;
let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
	warn = vi.spyOn(console, 'warn');
});
afterEach(() => {
	app?.unmount();
	document.body.replaceChildren();
	// Vue says there what it finds to complain of.
	expect(warn).not.toHaveBeenCalled();
	vi.restoreAllMocks();
});

function show(render: () => VNode): void {
	const place = document.createElement('div');
	document.body.append(place);
	app = createApp({ render });
	app.mount(place);
}

const uploader = {} as Uploader;
const upload = (props: object, slots: Slots = {}) => h(OssUpload as Component, props, slots);

test('what it is given it sets as properties, and takes back', async () => {
	const objectKey = () => 'k';
	const given = ref<object>({ uploader, objectKey, multiple: '', 'max-files': '3' });
	show(() => upload(given.value));
	const element = shownElement();
	expect(element).toMatchObject({ uploader, objectKey, multiple: true, noDrop: false, maxFiles: '3' });
	element.taken();
	given.value = { uploader, objectKey };
	await nextTick();
	expect(element.taken()).toEqual([
		['multiple', false],
		['maxFiles', ''],
	]);
});

test('what is kept in `reactive` reaches it without a proxy', () => {
	const strings = { done: 'Stored' };
	show(() => upload(reactive({ strings })));
	expect(shownElement()).toHaveProperty('strings', strings);
	expect(Reflect.get(shownElement(), 'strings')).toBe(strings);
});

test('what any element may have are attributes, and the slot fills its slots', () => {
	const slot = () => [h('b', { slot: 'hint' }, 'Films')];
	show(() =>
		upload({ uploader, multiple: true, class: 'films', id: 'f', onDone: vi.fn() }, { default: slot }),
	);
	const element = shownElement();
	expect(element.getAttributeNames().sort()).toEqual(['class', 'id']);
	expect(element.innerHTML).toBe('<b slot="hint">Films</b>');
});

test('events reach the latest listeners, once each', async () => {
	const [first, latest] = [vi.fn(), vi.fn()];
	const hear = ref<unknown>(() => first);
	show(() => upload({ onDone: hear.value }));
	hear.value = latest;
	await nextTick();
	shownElement().tell('done', { file: 'f' });
	expect(first).not.toHaveBeenCalled();
	expect(latest.mock.calls.map(([event]) => event.detail)).toEqual([{ file: 'f' }]);
});

test('files are left alone where `@before` prevents it', () => {
	show(() => upload({ onBefore: (event: Event) => event.preventDefault() }));
	expect(shownElement().tell('before')).toBe(false);
});

test('its ref is the element', () => {
	const element = ref<FakeElement>();
	show(() => upload({ ref: element }));
	expect(element.value).toBe(shownElement());
});

test('an element that is defined later finds what it was given', () => {
	show(() => h(OssUploadList as Component, { uploader }));
	expect(document.querySelector('oss-upload-list')).toHaveProperty('uploader', uploader);
});
