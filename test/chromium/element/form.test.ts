import { describe, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { uploadsOf } from '../../../src/element/uploads.js';
import { pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, the, uploader } from './page.js';

onOwnPage();

const form = () => the('form');
const entries = () => new FormData(form()).getAll('film');
/** Its file is being looked at. */
const resume = async () => {
	uploader.list(pendingUpload('old', { source: 'copy' }));
	await frame();
	allWithin(document.body, '.pending-list button')[0]?.click();
	uploader.began.at(-1)?.go('preparing');
};

test('a form has the key of what is stored, though another file waits', async () => {
	put('<form><oss-upload name="film" multiple></oss-upload></form>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await frame();
	uploader.began[0]?.go('uploading');
	uploader.began[1]?.go('paused');
	await uploader.began[0]?.finish('films/a');
	await expect.poll(entries).toEqual(['films/a']);
});

test('a list that is cleared leaves the form what it has, up to its reset', async () => {
	put('<form><oss-upload name="film" multiple required></oss-upload></form>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await uploader.began[0]?.finish('films/a');
	await uploader.began[1]?.finish('films/b');
	uploadsOf(uploader.asUploader).clear();
	await frame();
	expect(allWithin(document.body, 'li')).toEqual([]);
	expect(entries()).toEqual(['films/a', 'films/b']);
	expect(the('oss-upload').value).toEqual(['films/a', 'films/b']);
	expect(the('oss-upload').checkValidity()).toBe(true);
	form().reset();
	await frame();
	expect(entries()).toEqual([]);
	expect(the('oss-upload').validity.valueMissing).toBe(true);
});

test('a form waits for an interrupted upload whose file is looked at, and its reset aborts that', async () => {
	put('<form><oss-upload name="film" multiple></oss-upload></form>');
	await resume();
	await frame();
	expect(the('oss-upload').validity.customError).toBe(true);
	form().reset();
	await frame();
	expect(uploader.began[0]?.state).toBe('aborted');
	expect(the('oss-upload').checkValidity()).toBe(true);
	expect(allWithin(document.body, '[part=list] li')).toEqual([]);
});

test('what is looked at when the element leaves the page is paused, and goes on when it is back', async () => {
	put('<oss-upload multiple></oss-upload>');
	const element = the('oss-upload');
	await resume();
	element.remove();
	await frame();
	expect(uploader.began[0]?.state).toBe('paused');
	document.body.append(element);
	expect(uploader.began[0]?.state).toBe('uploading');
});

test('what is stored while the element is out of the page is told of', async () => {
	put('<oss-upload multiple></oss-upload>');
	const element = the('oss-upload');
	const heard: string[] = [];
	element.addEventListener('oss-upload-done', ({ detail }) => heard.push(detail.file.name));
	await element.addFiles([fileOf('a')]);
	const [task] = uploader.began;
	task?.go('completing');
	// No task pauses any more by then.
	if (task) task.pause = () => {};
	element.remove();
	await frame();
	await task?.finish('films/a');
	expect(heard).toEqual(['a']);
	expect(element.value).toEqual(['films/a']);
});

test('whoever hears that the last file is stored, or refused, has a form that may be sent', async () => {
	put('<form><oss-upload name="film" multiple accept=".mov"></oss-upload></form>');
	const element = the('oss-upload');
	const heard: unknown[] = [];
	const look = ({ type }: Event) => heard.push([type, element.value, entries(), form().checkValidity()]);
	element.addEventListener('oss-upload-done', look);
	element.addEventListener('oss-upload-failed', look);
	await element.addFiles([fileOf('a.mov')]);
	await frame();
	await uploader.began[0]?.finish('films/a');
	await element.addFiles([fileOf('b.txt')]);
	expect(heard).toEqual([
		['oss-upload-done', ['films/a'], ['films/a'], true],
		['oss-upload-failed', ['films/a'], ['films/a'], true],
	]);
});

test('a file that takes the place of another has it in the form when it is told of', async () => {
	put('<form><oss-upload name="film"></oss-upload></form>');
	const heard: unknown[] = [];
	the('oss-upload').addEventListener('oss-upload-done', () => heard.push(entries()));
	await the('oss-upload').addFiles([fileOf('a')]);
	await uploader.began[0]?.finish('films/a');
	await resume();
	await uploader.began[1]?.finish('films/b');
	expect(heard).toEqual([['films/a'], ['films/b']]);
});

describe('a form knows at once', () => {
	test.each(['en', 'ja'])('in a page in %s that a file is missing', (lang) => {
		document.documentElement.lang = lang;
		document.body.innerHTML = '<form><oss-upload required></oss-upload></form>';
		expect(the('oss-upload').validity.valueMissing).toBe(true);
		expect(the('oss-upload').validationMessage).not.toBe('');
	});

	test('of another `required` and `name`', async () => {
		put('<form><oss-upload required multiple></oss-upload></form>');
		const element = the('oss-upload');
		element.required = false;
		expect(form().checkValidity()).toBe(true);
		element.required = true;
		expect(form().checkValidity()).toBe(false);
		await element.addFiles([fileOf('a')]);
		await uploader.began[0]?.finish('films/a');
		element.name = 'film';
		expect(entries()).toEqual(['films/a']);
	});

	test('that it was reset', async () => {
		put('<form><oss-upload name="film" multiple></oss-upload></form>');
		await the('oss-upload').addFiles([fileOf('a')]);
		await uploader.began[0]?.finish('films/a');
		form().reset();
		expect(entries()).toEqual([]);
	});

	test('of another uploader', async () => {
		put('<form><oss-upload name="film" multiple></oss-upload></form>');
		await the('oss-upload').addFiles([fileOf('a')]);
		await uploader.began[0]?.finish('films/a');
		the('oss-upload').uploader = undefined;
		expect([the('oss-upload').value, entries()]).toEqual([[], []]);
	});
});

test('a form that lacks a file points at the element, before it has an uploader too', async () => {
	document.body.innerHTML = '<form><oss-upload required></oss-upload></form>';
	await frame();
	form().reportValidity();
	expect(document.activeElement).toBe(the('oss-upload'));
});

test('nothing of a picker is pressed before there is an uploader', async () => {
	document.body.innerHTML = '<oss-upload></oss-upload>';
	await frame();
	const opened = vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(() => {});
	const [button] = allWithin(document.body, 'button');
	button?.click();
	expect(opened).not.toHaveBeenCalled();
	opened.mockRestore();
	expect(button?.getAttribute('aria-disabled')).toBe('true');
});

test('a form says what it waits for: an upload, or the person', async () => {
	put('<form><oss-upload multiple no-auto></oss-upload></form>');
	const element = the('oss-upload');
	const notRunning = 'An upload is paused, or was not started. Go on with it, or cancel it.';
	await element.addFiles([fileOf('a')]);
	await frame();
	expect(element.validationMessage).toBe(notRunning);
	element.start();
	uploader.began[0]?.go('uploading');
	await expect.poll(() => element.validationMessage).toBe('Wait until the upload is finished.');
	uploader.began[0]?.go('paused');
	await expect.poll(() => element.validationMessage).toBe(notRunning);
});

test('a form waits for what `validate` looks at', async () => {
	put('<form><oss-upload multiple></oss-upload></form>');
	const element = the('oss-upload');
	element.validate = () => new Promise(() => {});
	void element.addFiles([fileOf('a')]);
	await expect.poll(() => element.validationMessage).toBe('Wait until the upload is finished.');
});
