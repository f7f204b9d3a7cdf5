import { createElement, createRef, Suspense } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Uploader } from '../../src/index.js';
import { OssUpload, OssUploadList, type OssUploadProps } from '../../src/react.js';
import { type FakeElement, shownElement } from '../binding/fake-element.js';
import { show, unmount } from './rendering.js';

afterEach(unmount);

const uploader = {} as Uploader;
const showUpload = (props: OssUploadProps) => show(createElement(OssUpload, props));

test('what it is given it sets as properties, once, and takes back', () => {
	const objectKey = () => 'k';
	showUpload({ uploader, objectKey, multiple: true, maxFiles: 3 });
	expect(Object.fromEntries(shownElement().taken())).toEqual({
		uploader,
		objectKey,
		multiple: true,
		maxFiles: 3,
	});
	showUpload({ uploader, objectKey, multiple: false });
	expect(shownElement().taken()).toEqual([
		['multiple', false],
		['maxFiles', undefined],
	]);
});

test('what any element may have are attributes, and children fill its slots', () => {
	const hint = createElement('b', { slot: 'hint' }, 'Films');
	showUpload({
		...{
			uploader,
			multiple: true,
			hidden: false,
			onDone: vi.fn(),
			onChange: vi.fn(),
			className: 'films',
			id: 'f',
		},
		...{ style: { margin: '1px' }, 'aria-label': 'Films', children: hint },
	});
	const element = shownElement();
	expect(element.getAttributeNames().sort()).toEqual(['aria-label', 'class', 'id', 'style']);
	expect(element.className).toBe('films');
	expect(element.innerHTML).toBe('<b slot="hint">Films</b>');
});

test('events reach the latest listeners, once each', () => {
	const first = vi.fn();
	showUpload({ onDone: first });
	const latest = vi.fn();
	const change = vi.fn();
	showUpload({ onDone: latest, onChange: change });
	shownElement().tell('done', { file: 'f' });
	expect(first).not.toHaveBeenCalled();
	expect(latest.mock.calls.map(([event]) => event.detail)).toEqual([{ file: 'f' }]);
	shownElement().tell('change');
	expect(change).toHaveBeenCalledTimes(1);
	showUpload({});
	shownElement().tell('done');
	expect(latest).toHaveBeenCalledTimes(1);
});

test('what is only hidden, while something beside it is suspended, hears on, and once', async () => {
	const onDone = vi.fn();
	const never = new Promise(() => {});
	const Beside = ({ waits }: { readonly waits: boolean }) => {
		if (waits) throw never;
		return null;
	};
	const tree = (waits: boolean) =>
		createElement(Suspense, null, createElement(OssUpload, { onDone }), createElement(Beside, { waits }));
	show(tree(false));
	show(tree(true));
	expect(shownElement().style.display).toBe('none');
	shownElement().tell('done');
	expect(onDone).toHaveBeenCalledTimes(1);
	show(tree(false));
	shownElement().tell('done');
	expect(onDone).toHaveBeenCalledTimes(2);
});

test('files are left alone where `onBefore` prevents it', () => {
	showUpload({ onBefore: (event) => event.preventDefault() });
	expect(shownElement().tell('before')).toBe(false);
});

test('its ref is the element', () => {
	const ref = createRef<FakeElement>();
	show(createElement(OssUpload, { ref } as object));
	expect(ref.current).toBe(shownElement());
	unmount();
	expect(ref.current).toBe(null);
});

test('an element that is defined later finds what it was given', () => {
	show(createElement(OssUploadList, { uploader }));
	expect(document.querySelector('oss-upload-list')).toHaveProperty('uploader', uploader);
});
