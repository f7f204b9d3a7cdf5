import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../../src/element.js';
import { uploadsOf } from '../../../src/element/uploads.js';
import { xhrTransport } from '../../../src/index.js';
import { FakeUploader, pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const shown = () => textOf(the('oss-upload').shadowRoot);
const names = () => uploader.began.map(({ file: { name } }) => name);

describe('many files', () => {
	test('the page has its turn when eight milliseconds have passed, whatever the machine', async () => {
		put('<oss-upload multiple></oss-upload>');
		await frame();
		// Each file takes three.
		let now = 0;
		vi.spyOn(performance, 'now').mockImplementation(() => {
			now += 1.5;
			return now;
		});
		const turns: number[] = [];
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			turns.push(uploader.began.length);
			if (uploader.began.length < 50) port2.postMessage(undefined);
		};
		port2.postMessage(undefined);
		const files = Array.from({ length: 50 }, (_, index) => fileOf(`${index}`));
		await the('oss-upload').addFiles(files);
		port1.close();
		const steps = turns.map((count, index) => count - (turns[index - 1] ?? 0));
		expect(Math.max(...steps)).toBeLessThanOrEqual(6);
		expect(names()).toEqual(files.map(({ name }) => name));
	});

	test('a thousand that wait ask for the size of none of them but to show it', async () => {
		put('<oss-upload-button multiple></oss-upload-button>');
		const progress = vi.fn();
		const { upload } = uploader;
		uploader.upload = (...args) => {
			const task = upload.apply(uploader, args);
			Object.defineProperty(task, 'progress', { get: progress });
			return task;
		};
		await the('oss-upload-button').addFiles(Array.from({ length: 20 }, (_, index) => fileOf(`${index}`)));
		expect(uploader.began).toHaveLength(20);
		expect(progress).not.toHaveBeenCalled();
	});
});

describe('an uploader that is replaced', () => {
	test('leaves alone what the one before runs; the form waits for its own', async () => {
		put('<form><oss-upload multiple name="film"></oss-upload></form>');
		await the('oss-upload').addFiles([fileOf('a')]);
		uploader.began[0]?.go('uploading');
		the('oss-upload').uploader = new FakeUploader().asUploader;
		await frame();
		expect(uploader.began[0]?.state).toBe('uploading');
		expect(the('oss-upload').checkValidity()).toBe(true);
		expect(shown()).toContain('No uploads yet');
	});
});

describe('out of the page and back', () => {
	test('in another form it goes on, and tells that one', async () => {
		put('<form id="one"><oss-upload multiple name="film"></oss-upload></form><form id="two"></form>');
		const element = the('oss-upload');
		await element.addFiles([fileOf('a')]);
		uploader.began[0]?.go('uploading');
		document.querySelector('#two')?.append(element);
		await frame();
		expect(uploader.began[0]?.state).toBe('uploading');
		await uploader.began[0]?.finish('films/a');
		await frame();
		const entries = ['one', 'two'].map((id) =>
			new FormData(document.querySelector<HTMLFormElement>(`#${id}`) ?? undefined).getAll('film'),
		);
		expect(entries).toEqual([[], ['films/a']]);
	});

	test('what was cancelled meanwhile does not come back', async () => {
		put('<oss-upload multiple></oss-upload><oss-upload-list></oss-upload-list>');
		const element = the('oss-upload');
		await element.addFiles([fileOf('a'), fileOf('b')]);
		for (const task of uploader.began) task.go('uploading');
		element.remove();
		await frame();
		const [cancel] = allWithin(document.body, '[aria-label=Cancel]');
		cancel?.click();
		document.body.append(element);
		expect(uploader.began.map(({ state }) => state)).toEqual(['paused', 'uploading']);
	});
});

test('an `objectUrl` that throws is told of once, and costs no row', async () => {
	put('<oss-upload multiple></oss-upload>');
	const asked = vi.fn(({ key }: { key: string }) => {
		if (key === 'bad') throw new Error('no such bucket');
		return `https://cdn.example.com/${key}`;
	});
	const told = vi.spyOn(globalThis, 'reportError').mockReturnValue();
	the('oss-upload').objectUrl = asked;
	await the('oss-upload').addFiles([fileOf('a'), fileOf('b')]);
	await uploader.began[0]?.finish('bad');
	await uploader.began[1]?.finish('good');
	await frame();
	for (const name of ['c', 'd']) {
		await the('oss-upload').addFiles([fileOf(name)]);
		await frame();
	}
	expect(allWithin(document.body, 'a').map((each) => each.getAttribute('href'))).toEqual(
		expect.arrayContaining(['https://cdn.example.com/good']),
	);
	expect(allWithin(document.body, 'li')).toHaveLength(4);
	expect(told).toHaveBeenCalledOnce();
	expect(asked).toHaveBeenCalledTimes(2);
});

describe('names and numbers', () => {
	test('the same files twice, and equal names, have a row and a key each', async () => {
		put('<oss-upload multiple></oss-upload>');
		const files = [fileOf('a.txt'), fileOf('a.txt', 'other')];
		await Promise.all([the('oss-upload').addFiles(files), the('oss-upload').addFiles(files)]);
		await frame();
		expect(names()).toEqual(['a.txt', 'a.txt', 'a.txt', 'a.txt']);
		const keys = uploader.began.map(({ options: { key } }) =>
			typeof key === 'function' ? key(fileOf('?'), undefined) : key,
		);
		expect(new Set(keys).size).toBe(4);
		const rows = allWithin(document.body, 'li');
		expect(rows).toHaveLength(4);
		const ids = rows.map((row) => row.querySelector('.name')?.id);
		expect(new Set(ids).size).toBe(4);
	});

	test('an empty file is uploaded, and its bar ends full', async () => {
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles([fileOf('empty', ''), fileOf('void', '')]);
		for (const task of uploader.began) await task.finish();
		await frame();
		const bars = allWithin(document.body, '[role=progressbar]').map((bar) => bar.ariaValueNow);
		expect(bars).toEqual(['100', '100', '100']);
	});

	test('of a folder as many are taken as `max-files` says, and the others say why', async () => {
		put('<oss-upload multiple directory max-files="2"></oss-upload>');
		const files = ['a', 'b', 'c'].map((name) => {
			const file = fileOf(name);
			Object.defineProperty(file, 'webkitRelativePath', { value: `folder/${name}` });
			return file;
		});
		await the('oss-upload').addFiles(files);
		await frame();
		expect(names()).toEqual(['a', 'b']);
		expect(shown()).toContain('No more than 2 files are taken here.');
	});
});

describe('disabled', () => {
	test('while files are under way it takes no more, and what runs goes on', async () => {
		put('<form><fieldset><oss-upload multiple name="film"></oss-upload></fieldset></form>');
		const fieldset = document.querySelector('fieldset');
		await the('oss-upload').addFiles([fileOf('a')]);
		uploader.began[0]?.go('uploading');
		for (const isDisabled of [true, false, true]) if (fieldset) fieldset.disabled = isDisabled;
		await the('oss-upload').addFiles([fileOf('b')]);
		expect(uploader.began.map(({ state }) => state)).toEqual(['uploading']);
		if (fieldset) fieldset.disabled = false;
		await the('oss-upload').addFiles([fileOf('c')]);
		expect(names()).toEqual(['a', 'c']);
	});

	test('`start()` begins none, nor does the way back into the page, to a disabled place of it', async () => {
		put('<fieldset disabled></fieldset><oss-upload multiple no-auto></oss-upload>');
		const fieldset = document.querySelector('fieldset');
		const element = the('oss-upload');
		await element.addFiles([fileOf('a')]);
		element.disabled = true;
		element.start();
		expect(names()).toEqual([]);
		element.disabled = false;
		element.noAuto = false;
		element.remove();
		await element.addFiles([fileOf('b')]);
		fieldset?.append(element);
		expect(names()).toEqual([]);
		if (fieldset) fieldset.disabled = false;
		// What was to begin by itself does so now.
		await expect.poll(names).toEqual(['b']);
		element.start();
		expect(names()).toEqual(['b', 'a']);
	});

	test('is told as a change; no other attribute is, nor one that is set to what it was', () => {
		put('<oss-upload multiple></oss-upload>');
		const element = the('oss-upload');
		const told = vi.fn();
		uploadsOf(uploader.asUploader).subscribe(told);
		for (const maxFiles of ['2', '3', '3']) element.maxFiles = maxFiles;
		element.accept = '.mov';
		element.setAttribute('multiple', '');
		expect(told).not.toHaveBeenCalled();
		element.disabled = true;
		expect(told).toHaveBeenCalled();
		told.mockClear();
		element.setAttribute('disabled', '');
		expect(told).not.toHaveBeenCalled();
	});
});

describe('`uploadOptions` as a function', () => {
	const options = {
		transport: xhrTransport(),
		data: 1,
		onProgress: () => {},
	};
	/** Resumes what is pending, by its button. */
	const resume = async () => {
		uploader.list(pendingUpload('a', { source: 'copy' }));
		await frame();
		allWithin(document.body, '.pending-list button')[0]?.click();
	};

	test('is asked for a resumed upload with the file that was chosen: what is not settled yet counts', async () => {
		put('<oss-upload multiple></oss-upload>');
		const asked = vi.fn((_: File) => options);
		the('oss-upload').uploadOptions = asked;
		uploader.list(pendingUpload('a', { size: 1 }));
		await frame();
		allWithin(document.body, '.pending-list button')[0]?.click();
		const [input] = allWithin(document.body, 'section input');
		const transfer = new DataTransfer();
		const file = fileOf('a.mov');
		transfer.items.add(file);
		if (!(input instanceof HTMLInputElement)) throw new Error('It asks for the file');
		input.files = transfer.files;
		input.dispatchEvent(new Event('change'));
		await expect.poll(() => uploader.began.length).toBe(1);
		expect(asked.mock.calls.map(([{ name }]) => name)).toEqual(['a.mov']);
		const { transport, onProgress } = options;
		expect(uploader.began[0]?.options).toEqual({ transport, onProgress, signal: undefined });
	});

	test('is not asked where the browser has kept the file', async () => {
		put('<oss-upload multiple></oss-upload>');
		const asked = vi.fn(() => options);
		the('oss-upload').uploadOptions = asked;
		await resume();
		expect(asked).not.toHaveBeenCalled();
		expect(uploader.began[0]?.options.transport).not.toBe(options.transport);
	});

	test('as an object it is that of each resumed upload', async () => {
		put('<oss-upload multiple></oss-upload>');
		the('oss-upload').uploadOptions = options;
		await resume();
		expect(uploader.began[0]?.options.transport).toBe(options.transport);
	});
});
