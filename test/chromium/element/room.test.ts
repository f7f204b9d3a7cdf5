import { expect, test } from 'vitest';
import '../../../src/element.js';
import { UploadError } from '../../../src/index.js';
import { pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();

const shown = () => textOf(the('oss-upload').shadowRoot);
const entries = () => new FormData(document.querySelector('form') ?? undefined).getAll('film');
const press = (name: string) => allWithin(document.body, `[aria-label="${name}"]`)[0]?.click();

test('a file that is refused takes no place: the stored one is still the form’s', async () => {
	put('<form><oss-upload name="film" accept=".pdf" required></oss-upload></form>');
	await the('oss-upload').addFiles([fileOf('a.pdf')]);
	await uploader.began[0]?.finish('films/a');
	the('oss-upload').validate = ({ name }) => (name === 'old.pdf' ? 'too old' : undefined);
	await the('oss-upload').addFiles([fileOf('b.exe'), fileOf('old.pdf')]);
	await frame();
	expect(entries()).toEqual(['films/a']);
	expect(the('oss-upload').checkValidity()).toBe(true);
	await the('oss-upload').addFiles([fileOf('c.exe'), fileOf('c.pdf')]);
	await frame();
	expect(allWithin(document.body, 'li .name').map((each) => each.textContent)).toEqual(['c.exe', 'c.pdf']);
});

test('a file that is refused leaves what was cancelled to its `Undo`', async () => {
	put('<oss-upload multiple max-files="2" accept=".pdf"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a.pdf'), fileOf('b.pdf')]);
	await frame();
	press('Cancel');
	await the('oss-upload').addFiles([fileOf('b.exe')]);
	await frame();
	expect(uploader.began.map(({ state }) => state)).toEqual(['paused', 'waiting']);
	expect(shown()).toContain('Undo');
});

test('what was cancelled gives its place away, and does not come back as one too many', async () => {
	put('<oss-upload multiple max-files="2"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await frame();
	allWithin(document.body, '[aria-label=Cancel]')[0]?.click();
	await the('oss-upload').addFiles([fileOf('c')]);
	await frame();
	expect(uploader.tasks.map(({ file: { name } }) => name)).toEqual(['b', 'c']);
	expect(shown()).not.toContain('Undo');
});

test('what was cancelled may come back where there is room for it', async () => {
	put('<oss-upload multiple max-files="3"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await frame();
	press('Cancel');
	await the('oss-upload').addFiles([fileOf('c')]);
	expect(uploader.began.map(({ state }) => state)).toEqual(['paused', 'waiting', 'waiting']);
});

test('each of those that were cancelled gives its place to one more', async () => {
	put('<oss-upload multiple max-files="2"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await frame();
	press('Cancel');
	await frame();
	press('Cancel');
	await the('oss-upload').addFiles([fileOf('c')]);
	expect(uploader.began.map(({ state }) => state)).toEqual(['aborted', 'paused', 'waiting']);
});

test('of an element for one file an interrupted upload takes the place of what was stored, once it is stored too', async () => {
	put('<form><oss-upload name="film"></oss-upload></form>');
	uploader.list(pendingUpload('old', { source: 'copy' }));
	await the('oss-upload').addFiles([fileOf('a')]);
	await uploader.began[0]?.finish('films/a');
	await frame();
	allWithin(document.body, '.pending-list button')[0]?.click();
	uploader.began[1]?.go('uploading', 1);
	await frame();
	expect(the('oss-upload').value).toEqual(['films/a']);
	await uploader.began[1]?.finish('films/old');
	await frame();
	expect(entries()).toEqual(['films/old']);
});

test.each([
	['FileChanged', false],
	['FileUnreadable', false],
] as const)('what asks for its file again gives its place to it: %s', async (code, retryable) => {
	put('<oss-upload multiple max-files="2"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await uploader.began[0]?.fail(new UploadError(code, 'It is another one', { retryable }));
	await the('oss-upload').addFiles([fileOf('a')]);
	await frame();
	expect(allWithin(document.body, 'li .name').map((each) => each.textContent)).toEqual(['b', 'a']);
	expect(shown()).not.toContain('No more than');
});

test('what can be tried again keeps its place', async () => {
	put('<oss-upload multiple max-files="2"></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await uploader.began[0]?.fail(new UploadError('FileUnreadable', 'The disk is slow', { retryable: true }));
	await the('oss-upload').addFiles([fileOf('c')]);
	await frame();
	expect(shown()).toContain('No more than');
});
