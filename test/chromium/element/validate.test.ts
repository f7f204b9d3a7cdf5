import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { FakeUploader } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const shown = () => textOf(the('oss-upload').shadowRoot);
const rows = () =>
	allWithin(document.body, 'li').map(
		(row) => `${row.querySelector('.name')?.textContent}: ${row.querySelector('.state')?.textContent}`,
	);
const buttons = (name: string) =>
	allWithin(document.body, 'button').filter(
		(each) => (each.getAttribute('aria-label') ?? each.textContent) === name && each.checkVisibility(),
	);
const names = () => uploader.began.map(({ file: { name } }) => name);

/** A `validate` that answers when the test says so. */
function late() {
	let answer: (reason?: string) => void = () => {};
	let fail: (error: unknown) => void = () => {};
	const reason = new Promise<string | undefined>((resolve, reject) => {
		[answer, fail] = [resolve, reject];
	});
	return { validate: () => reason, answer, fail };
}

describe('`validate`', () => {
	test('that fails has not said that the file is good, which is reported, and holds up no other', async () => {
		const reported = vi.spyOn(globalThis, 'reportError').mockReturnValue();
		const failure = new Error('no answer of our server');
		put('<oss-upload multiple></oss-upload>');
		the('oss-upload').validate = ({ name }) => {
			if (name === 'bad') throw failure;
			return undefined;
		};
		await the('oss-upload').addFiles([fileOf('bad'), fileOf('good')]);
		await frame();
		expect(names()).toEqual(['good']);
		expect(reported.mock.calls).toEqual([[failure]]);
		expect(shown()).toContain('Not uploaded: Something went wrong: choose the file again.');
	});

	test('that answers after the element has left the page begins nothing before it is back', async () => {
		put('<oss-upload multiple></oss-upload>');
		const element = the('oss-upload');
		const { validate, answer } = late();
		element.validate = validate;
		const taken = element.addFiles([fileOf('a')]);
		element.remove();
		await frame();
		answer();
		await taken;
		expect(uploader.began).toEqual([]);
		document.body.append(element);
		expect(names()).toEqual(['a']);
	});

	test('that refuses after the element has left the page leaves a row that says so', async () => {
		put('<oss-upload multiple></oss-upload>');
		const element = the('oss-upload');
		const { validate, answer } = late();
		element.validate = validate;
		const taken = element.addFiles([fileOf('a')]);
		element.remove();
		await frame();
		answer('It is too old');
		await taken;
		document.body.append(element);
		await frame();
		expect(uploader.began).toEqual([]);
		expect(shown()).toContain('Not uploaded: It is too old');
	});

	test('that answers after its form was reset has no file left', async () => {
		put('<form><oss-upload multiple name="film"></oss-upload></form>');
		const { validate, answer } = late();
		the('oss-upload').validate = validate;
		const taken = the('oss-upload').addFiles([fileOf('a')]);
		document.querySelector('form')?.reset();
		answer();
		await taken;
		await frame();
		expect(uploader.began).toEqual([]);
		expect(shown()).toContain('No uploads yet');
	});

	test.each([
		['its form was reset', () => document.querySelector('form')?.reset()],
		['the element was disabled', () => the('oss-upload').toggleAttribute('disabled', true)],
	])('that answers after %s has no file taken, nor one told of', async (_, act) => {
		put('<form><oss-upload multiple name="film"></oss-upload></form>');
		const failed = vi.fn();
		the('oss-upload').addEventListener('oss-upload-failed', failed);
		const { validate, answer } = late();
		the('oss-upload').validate = ({ name }) =>
			name === 'old' ? validate().then(() => 'too old') : validate();
		const taken = the('oss-upload').addFiles([fileOf('a'), fileOf('old')]);
		await frame();
		act();
		answer();
		await taken;
		await frame();
		expect(uploader.began).toEqual([]);
		expect(failed).not.toHaveBeenCalled();
		expect(shown()).toContain('No uploads yet');
		expect(the('oss-upload').validity.customError).toBe(false);
	});

	test('that is slow for one holds up no other; each has its place in the list', async () => {
		put('<oss-upload multiple></oss-upload>');
		const { validate, answer } = late();
		the('oss-upload').validate = ({ name }) => (name === 'slow' ? validate() : undefined);
		const taken = the('oss-upload').addFiles([fileOf('first'), fileOf('slow'), fileOf('last')]);
		await expect.poll(names).toEqual(['first', 'last']);
		answer();
		await taken;
		await frame();
		expect(names()).toEqual(['first', 'last', 'slow']);
		expect(allWithin(document.body, 'li .name').map((each) => each.textContent)).toEqual([
			'first',
			'slow',
			'last',
		]);
	});

	test('that has not answered yet has the file wait in its row, with nothing to begin it', async () => {
		put('<oss-upload multiple no-auto></oss-upload>');
		const { validate, answer } = late();
		the('oss-upload').validate = validate;
		const taken = the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
		await frame();
		expect(rows()).toEqual(['a: Queued', 'b: Queued']);
		expect(buttons('Upload')).toEqual([]);
		expect(the('oss-upload').matches(':state(uploading)')).toBe(false);
		answer();
		await taken;
		await frame();
		// Of each, and of all.
		expect(buttons('Upload')).toHaveLength(3);
	});

	test('that answers after its file was removed from the list has it taken no more', async () => {
		put('<form><oss-upload multiple name="film"></oss-upload></form>');
		const failed = vi.fn();
		the('oss-upload').addEventListener('oss-upload-failed', failed);
		const { validate, answer } = late();
		the('oss-upload').validate = validate;
		const taken = the('oss-upload').addFiles([fileOf('a')]);
		await frame();
		buttons('Remove from the list')[0]?.click();
		await frame();
		expect(the('oss-upload').checkValidity()).toBe(true);
		answer('too old');
		await taken;
		await frame();
		expect(failed).not.toHaveBeenCalled();
		expect(rows()).toEqual([]);
	});

	test('that has not answered yet holds up the form', async () => {
		put('<form><oss-upload multiple name="film"></oss-upload></form>');
		const { validate, answer } = late();
		the('oss-upload').validate = validate;
		const taken = the('oss-upload').addFiles([fileOf('a')]);
		await frame();
		expect(the('oss-upload').validity.customError).toBe(true);
		answer('too old');
		await taken;
		await frame();
		expect(the('oss-upload').checkValidity()).toBe(true);
	});

	test.each(['', undefined, null, 0])('that rejects with %j takes no file', async (reason) => {
		const reported = vi.spyOn(globalThis, 'reportError').mockReturnValue();
		put('<oss-upload multiple></oss-upload>');
		the('oss-upload').validate = () => Promise.reject(reason);
		await the('oss-upload').addFiles([fileOf('a')]);
		await frame();
		expect(uploader.began).toEqual([]);
		expect(reported).toHaveBeenCalledOnce();
		expect(shown()).toContain('Not uploaded: Something went wrong: choose the file again.');
	});

	test('that has not answered yet has nothing begun by `start()`, and takes no other’s place', async () => {
		put('<oss-upload multiple no-auto max-files="1"></oss-upload>');
		const { validate, answer } = late();
		the('oss-upload').validate = ({ name }) => (name === 'slow' ? validate() : undefined);
		const taken = the('oss-upload').addFiles([fileOf('slow'), fileOf('quick')]);
		await frame();
		the('oss-upload').start();
		expect(names()).toEqual(['quick']);
		answer();
		await taken;
		await frame();
		expect(shown()).toContain('No more than 1 file is taken here.');
	});

	test('that answers when the uploader is another one has the file begun by that', async () => {
		put('<oss-upload multiple></oss-upload>');
		const { validate, answer } = late();
		the('oss-upload').validate = validate;
		const taken = the('oss-upload').addFiles([fileOf('a')]);
		const next = new FakeUploader();
		the('oss-upload').uploader = next.asUploader;
		answer();
		await taken;
		await frame();
		expect(uploader.began).toEqual([]);
		expect(next.began).toHaveLength(1);
		expect(shown()).toContain('a');
	});
});
