import { expect, test } from 'vitest';
import '../../../src/element.js';
import { uploadsOf } from '../../../src/element/uploads.js';
import { pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, the, uploader } from './page.js';

onOwnPage();

const entries = () => new FormData(document.querySelector('form') ?? undefined).getAll('film');
/** Its file is being looked at. */
const resume = async () => {
	uploader.list(pendingUpload('old', { source: 'copy' }));
	await frame();
	allWithin(document.body, '.pending-list button')[0]?.click();
	uploader.began[0]?.go('preparing');
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
	document.querySelector('form')?.reset();
	await frame();
	expect(entries()).toEqual([]);
	expect(the('oss-upload').validity.valueMissing).toBe(true);
});

test('a form waits for an interrupted upload whose file is looked at, and its reset aborts that', async () => {
	put('<form><oss-upload name="film" multiple></oss-upload></form>');
	await resume();
	await frame();
	expect(the('oss-upload').validity.customError).toBe(true);
	document.querySelector('form')?.reset();
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
