import { afterEach, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { UploadError } from '../../../src/index.js';
import { pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, listenForSayings, onOwnPage, put, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const all = (selector: string) => allWithin(document.body, selector);
const button = (name: string) =>
	all('button').find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
const shown = () =>
	all('[part=pending]')
		.map(({ textContent }) => textContent)
		.join();

function choose(...files: readonly File[]): void {
	const [input] = all('[part=pending] input');
	const data = new DataTransfer();
	for (const file of files) data.items.add(file);
	Object.assign(input as HTMLInputElement, { files: data.files });
	input?.dispatchEvent(new Event('change'));
}

/** Goes on with the file that holds `wanted[id]`; another one is told to be another. */
function knowing(wanted: Readonly<Record<string, string>>): readonly string[] {
	const asked: string[] = [];
	const { resume } = uploader;
	uploader.resume = (id, blob, options) => {
		const task = resume.call(uploader, id, blob, options);
		void blob?.text().then((text) => {
			asked.push(`${id} ${text}`);
			if (text === wanted[id]) task.go('uploading');
			else void task.fail(new UploadError('FileChanged', 'another'));
		});
		return task;
	};
	return asked;
}

test('of two of one name and size each goes on with its own file, in whatever order they were chosen', async () => {
	const asked = knowing({ one: 'bbbbb', two: 'aaaaa' });
	put('<oss-upload multiple></oss-upload>');
	uploader.list(
		pendingUpload('one', { name: 'clip.mov', size: 5 }),
		pendingUpload('two', { name: 'clip.mov', size: 5 }),
	);
	await frame();
	button('Resume all')?.click();
	choose(fileOf('clip.mov', 'aaaaa'), fileOf('clip.mov', 'bbbbb'));
	await expect.poll(() => asked).toEqual(['one aaaaa', 'one bbbbb', 'two aaaaa']);
	expect(shown()).not.toContain('is not the file');
});

test('how many have found no file among those chosen is said', async () => {
	knowing({ one: 'aaaaa' });
	put('<oss-upload multiple></oss-upload>');
	uploader.list(
		pendingUpload('one', { name: 'a.mov', size: 5 }),
		pendingUpload('two', { name: 'b.mov', size: 5 }),
	);
	await frame();
	button('Resume all')?.click();
	choose(fileOf('a.mov', 'aaaaa'), fileOf('c.mov', 'ccccc'));
	await expect.poll(shown).toContain('The file of 1 upload is not among those that you chose.');
});

test('a discard that fails is said to those who do not see it', async () => {
	const said = listenForSayings();
	uploader.discard = () => Promise.reject(new Error('gone'));
	put('<oss-upload multiple></oss-upload>');
	uploader.list(pendingUpload('one', { name: 'a.mov' }));
	await frame();
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	button('Discard')?.click();
	await vi.runAllTimersAsync();
	vi.useRealTimers();
	await expect.poll(() => said.join()).toContain('a.mov: It could not be discarded. Try again.');
});

test('in a list that stands alone the focus stays in it when its last row is gone', async () => {
	put('<oss-upload-list></oss-upload-list>');
	uploader.list(pendingUpload('one'));
	await frame();
	button('Discard')?.focus();
	uploader.list();
	await expect.poll(() => document.activeElement).toBe(the('oss-upload-list'));
});

test('where a name cannot be copied it is shown, to be copied by hand', async () => {
	vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as never);
	put('<oss-upload multiple></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a.mov')]);
	await uploader.began[0]?.finish('films/a.mov');
	await frame();
	button('Copy the object’s name')?.click();
	await expect.poll(() => all('dd').map(({ textContent }) => textContent)).toContain('films/a.mov');
});

test('the name of what a form has remembered can be copied', async () => {
	const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
	put('<oss-upload multiple></oss-upload>');
	the('oss-upload').formStateRestoreCallback(
		JSON.stringify([{ name: 'a.mov', result: { key: 'films/a', size: 1 } }]),
	);
	await frame();
	button('Copy the object’s name')?.click();
	expect(copied).toHaveBeenCalledExactlyOnceWith('films/a');
});

test('a link that is empty is none: the name can be copied', async () => {
	put('<oss-upload multiple></oss-upload>');
	the('oss-upload').objectUrl = () => '';
	await the('oss-upload').addFiles([fileOf('a.mov')]);
	await uploader.began[0]?.finish('films/a.mov');
	await frame();
	expect(button('Copy the object’s name')?.checkVisibility()).toBe(true);
});

test.each(['UploadGone', 'CallbackFailed'] as const)(
	'an interrupted upload of which nothing is remembered any more has no button to go on: %s',
	async (code) => {
		put('<oss-upload multiple></oss-upload>');
		uploader.list(pendingUpload('one', { source: 'copy' }));
		await frame();
		button('Resume')?.click();
		uploader.began[0]?.go('uploading');
		await uploader.began[0]?.fail(new UploadError('Network', 'No answer', { retryable: true }));
		await frame();
		button('Try again')?.click();
		expect(uploader.began).toHaveLength(2);
		await uploader.began[1]?.fail(new UploadError(code, 'It is gone'));
		await frame();
		expect(button('Try again')).toBeUndefined();
		expect(
			all('li')
				.map(({ textContent }) => textContent)
				.join(),
		).not.toContain('try again');
	},
);
