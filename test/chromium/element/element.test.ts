import { afterEach, describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../../../src/element.js';
import { fileOf as file, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const data = () => new FormData(document.querySelector('form') ?? undefined);

test('a button, a zone and a list work alone, anywhere in the page, over one uploader', async () => {
	put('<oss-upload-button multiple></oss-upload-button><p><oss-upload-list></oss-upload-list></p>');
	await the('oss-upload-button').addFiles([file('a.txt'), file('b.txt')]);
	await frame();
	expect(textOf(the('oss-upload-list').shadowRoot)).toMatch(/a\.txt.*b\.txt/s);
	expect(uploader.began).toHaveLength(2);
});

test('functions that were set before the element was defined are kept', async () => {
	put('<oss-upload></oss-upload>');
	const early = document.createElement('oss-upload');
	// As of an element that was there before its class.
	Object.defineProperty(early, 'uploader', {
		value: uploader.asUploader,
		configurable: true,
		enumerable: true,
		writable: true,
	});
	document.body.append(early);
	await early.addFiles([file('a.txt')]);
	expect(uploader.began).toHaveLength(1);
});

test('the options of the element lie under those of the app', async () => {
	put('<oss-upload multiple></oss-upload>');
	await the('oss-upload').addFiles([file('a')]);
	expect(uploader.began[0]?.options).toMatchObject({
		ifRunning: 'follow',
		transport: { send: expect.any(Function) },
	});
	the('oss-upload').uploadOptions = ({ name }) => ({ ifRunning: 'fail', data: { name } });
	await the('oss-upload').addFiles([file('b')]);
	expect(uploader.began[1]?.options).toMatchObject({ ifRunning: 'fail', data: { name: 'b' } });
});

test('`objectKey` names the object; without it the name cannot be guessed', async () => {
	put('<oss-upload multiple></oss-upload>');
	await the('oss-upload').addFiles([file('a')]);
	the('oss-upload').objectKey = (picked, unfinished, path) =>
		unfinished?.key ?? `films/${picked.name}/${path}`;
	await the('oss-upload').addFiles([file('b')]);
	const keys = uploader.began.map(({ options: { key } }) =>
		typeof key === 'function' ? key(file('?'), undefined) : key,
	);
	expect(keys[0]).toMatch(/^[a-z2-7]{16}\/a$/);
	expect(keys[1]).toBe('films/b/b');
});

test('whoever prevents `oss-upload-before` has the files left alone', async () => {
	put('<oss-upload multiple></oss-upload>');
	const heard = vi.fn((event: Event) => event.preventDefault());
	document.body.addEventListener('oss-upload-before', heard);
	await the('oss-upload').addFiles([file('a')]);
	document.body.removeEventListener('oss-upload-before', heard);
	expect(heard).toHaveBeenCalledOnce();
	expect(uploader.began).toEqual([]);
});

test('`validate` may take its time, and sees all files', async () => {
	put('<oss-upload multiple></oss-upload>');
	the('oss-upload').validate = async ({ name }, files) =>
		name === 'b' ? `one of ${files.length} is bad` : undefined;
	await the('oss-upload').addFiles([file('a'), file('b')]);
	await frame();
	expect(uploader.began).toHaveLength(1);
	expect(textOf(the('oss-upload').shadowRoot)).toContain('Not uploaded: one of 2 is bad');
});

test('`no-auto` waits for `start()`', async () => {
	put('<oss-upload multiple no-auto></oss-upload>');
	await the('oss-upload').addFiles([file('a'), file('b')]);
	expect(uploader.began).toEqual([]);
	the('oss-upload').start();
	expect(uploader.began).toHaveLength(2);
});

test('without `multiple` another file takes the place of one that has ended, and of no other', async () => {
	put('<oss-upload name="film"></oss-upload>');
	await the('oss-upload').addFiles([file('a')]);
	await the('oss-upload').addFiles([file('b')]);
	expect(uploader.began).toHaveLength(1);
	await uploader.began[0]?.finish('films/a');
	await the('oss-upload').addFiles([file('c')]);
	await uploader.began[1]?.finish('films/c');
	expect(the('oss-upload').value).toEqual(['films/c']);
});

test('dropped and pasted files are taken, pasted text is not', async () => {
	put('<oss-upload multiple></oss-upload><input>');
	await frame();
	const transfer = new DataTransfer();
	transfer.items.add(file('dropped.txt'));
	const zone = the('oss-upload').shadowRoot?.querySelector('oss-upload-drop');
	const drag = (type: string) =>
		new DragEvent(type, { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true });
	zone?.dispatchEvent(drag('dragenter'));
	expect(the('oss-upload').hasAttribute('data-dragover')).toBe(true);
	expect(the('oss-upload').matches(':state(dragover)')).toBe(true);
	zone?.dispatchEvent(drag('drop'));
	expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
	await expect.poll(() => uploader.began.map(({ file: { name } }) => name)).toEqual(['dropped.txt']);

	document.body.dispatchEvent(drag('drop'));
	const paste = () =>
		new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, composed: true, cancelable: true });
	the('input').dispatchEvent(paste());
	document.body.dispatchEvent(paste());
	await expect.poll(() => uploader.began.length).toBe(2);
	await frame();
	expect(uploader.began).toHaveLength(2);
});

test('taken out of the page it pauses what is its own, and goes on when it is put back', async () => {
	put('<oss-upload multiple></oss-upload>');
	const element = the('oss-upload');
	await element.addFiles([file('a')]);
	const others = uploader.upload(file('other'), { key: 'k' });
	for (const task of uploader.began) task.go('uploading');
	element.remove();
	document.body.append(element);
	await frame();
	expect(uploader.began.map(({ state }) => state)).toEqual(['uploading', 'uploading']);
	element.remove();
	await frame();
	expect(uploader.began[0]?.state).toBe('paused');
	expect(others.state).toBe('uploading');
	document.body.append(element);
	expect(uploader.began[0]?.state).toBe('uploading');
});

test('a form has a key for each stored file, waits for those under way, and asks for one', async () => {
	put('<form><oss-upload multiple required name="film"></oss-upload></form>');
	const element = the('oss-upload');
	await frame();
	expect(element.validity.valueMissing).toBe(true);
	await element.addFiles([file('a'), file('b')]);
	await frame();
	const { customError, valueMissing } = element.validity;
	expect([customError, valueMissing]).toEqual([true, false]);
	await uploader.began[0]?.finish('films/a');
	await uploader.began[1]?.finish('films/b');
	await frame();
	expect(element.checkValidity()).toBe(true);
	expect(data().getAll('film')).toEqual(['films/a', 'films/b']);
});

test('a form that is reset drops the rows and what runs; what is stored stays', async () => {
	put('<form><oss-upload multiple name="film"></oss-upload></form>');
	await the('oss-upload').addFiles([file('a'), file('b')]);
	await uploader.began[0]?.finish('films/a');
	document.querySelector('form')?.reset();
	await frame();
	expect(uploader.began.map(({ state }) => state)).toEqual(['done', 'aborted']);
	expect(data().getAll('film')).toEqual([]);
	expect(the('oss-upload').value).toEqual([]);
});

test('a disabled fieldset takes no files', async () => {
	put('<form><fieldset disabled><oss-upload multiple name="film"></oss-upload></fieldset></form>');
	await the('oss-upload').addFiles([file('a')]);
	await frame();
	expect(uploader.began).toEqual([]);
	const button = the('oss-upload')
		.shadowRoot?.querySelector('oss-upload-button')
		?.shadowRoot?.querySelector('button');
	expect(button?.disabled).toBe(true);
	const fieldset = document.querySelector('fieldset');
	if (fieldset) fieldset.disabled = false;
	await the('oss-upload').addFiles([file('a')]);
	expect(uploader.began).toHaveLength(1);
});

test.each(['before', 'after'])(
	'what a form remembers is there again when the uploader comes %s it',
	async (when) => {
		document.body.innerHTML = '<form><oss-upload multiple name="film"></oss-upload></form>';
		const state = JSON.stringify([{ name: 'a.mov', result: { key: 'films/a', size: 1 } }]);
		if (when === 'before') the('oss-upload').uploader = uploader.asUploader;
		the('oss-upload').formStateRestoreCallback(state);
		if (when === 'after') the('oss-upload').uploader = uploader.asUploader;
		await frame();
		expect(the('oss-upload').value).toEqual(['films/a']);
		expect(data().getAll('film')).toEqual(['films/a']);
	},
);

describe('a click on its label', () => {
	test.each([
		'<label for="film">Film</label><oss-upload id="film"></oss-upload>',
		'<label>Film<oss-upload></oss-upload></label>',
	])('focuses its button, and opens the dialog once: %s', async (html) => {
		const opened = vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(() => {});
		put(html);
		await frame();
		the('label').click();
		expect(opened).toHaveBeenCalledOnce();
		expect(document.activeElement).toBe(the('oss-upload'));
	});

	test('by the mouse, and not one on its padding, opens the dialog', async () => {
		const opened = vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(() => {});
		put('<label for="film">Film</label><oss-upload id="film" style="padding:40px"></oss-upload>');
		await frame();
		await userEvent.click(the('oss-upload'), { position: { x: 10, y: 10 } });
		expect(opened).not.toHaveBeenCalled();
		await userEvent.click(the('label'));
		expect(opened).toHaveBeenCalledOnce();
		the('oss-upload').click();
		expect(opened).toHaveBeenCalledTimes(2);
	});

	test('opens none where the element is disabled', async () => {
		const opened = vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(() => {});
		put('<label for="film">Film</label><oss-upload id="film" disabled></oss-upload>');
		await frame();
		the('label').click();
		expect(opened).not.toHaveBeenCalled();
	});
});

test('words of the app are used, the others are those of the language', async () => {
	put('<oss-upload multiple></oss-upload>');
	the('oss-upload').strings = { chooseFiles: 'Films, please' };
	await frame();
	const text = textOf(the('oss-upload').shadowRoot);
	expect(text).toContain('Films, please');
	expect(text).not.toContain('Choose files');
	expect(text).toContain('or drop them here');
});

test('one change tells of all that there is to show', async () => {
	put('<oss-upload multiple></oss-upload>');
	const heard = new Promise<CustomEvent>((resolve) =>
		document.body.addEventListener('oss-upload-change', resolve, { once: true }),
	);
	await the('oss-upload').addFiles([file('a'), file('b')]);
	const { detail, target } = await heard;
	expect(target).toBe(the('oss-upload'));
	expect(detail.files.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
});

test('what an app puts into its slots takes the place of the words', async () => {
	put('<oss-upload multiple><b slot="button">Films</b><i slot="hint">of any size</i></oss-upload>');
	await frame();
	await frame();
	const isShown = (selector: string) =>
		(document.querySelector(selector)?.getBoundingClientRect().width ?? 0) > 0;
	expect([isShown('b'), isShown('i')]).toEqual([true, true]);
});
