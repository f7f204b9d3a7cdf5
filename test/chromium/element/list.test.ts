import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import '../../../src/element.js';
// Else they would come some frames after they were asked for.
import '../../../src/element/list/details.js';
import { FakeUploader, pendingUpload } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, the, uploader } from './page.js';

type Notify = (sentence: string, options?: unknown) => void;

let ariaNotify: PropertyDescriptor | undefined;

onOwnPage();
beforeEach(() => {
	ariaNotify = Object.getOwnPropertyDescriptor(Element.prototype, 'ariaNotify');
});
afterEach(() => {
	if (ariaNotify) Object.defineProperty(Element.prototype, 'ariaNotify', ariaNotify);
});

const all = (selector: string) => allWithin(document.body, selector);
const files = (count: number) => Array.from({ length: count }, (_, index) => fileOf(`${index}.txt`));

/** A browser that has it; answers what was said. */
function withNotify(): string[] {
	const said: string[] = [];
	const value: Notify = (sentence) => said.push(sentence);
	Object.defineProperty(Element.prototype, 'ariaNotify', { value, configurable: true });
	return said;
}

describe('what happens is said', () => {
	test('by `ariaNotify`, which this browser has', async () => {
		expect(ariaNotify).toBeDefined();
		const said = withNotify();
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles([fileOf('a.txt')]);
		uploader.began[0]?.go('uploading');
		await expect.poll(() => said).toEqual(['a.txt: upload started']);
		expect(all('[role=status]').map((each) => each.textContent)).toEqual(['']);
	});

	test('by one live region, where there is none', async () => {
		Reflect.deleteProperty(Element.prototype, 'ariaNotify');
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles([fileOf('a.txt')]);
		uploader.began[0]?.go('uploading');
		await expect
			.poll(() => all('[role=status]').map((each) => each.textContent))
			.toEqual(['a.txt: upload started']);
	});

	test('of more than five files: failures, the whole, and nothing else', async () => {
		const said = withNotify();
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles(files(7));
		for (const task of uploader.began) task.go('uploading');
		await uploader.began[0]?.fail(new Error('gone'));
		for (const task of uploader.began.slice(1)) await task.finish();
		await expect.poll(() => said.join('. ')).toContain('6 files uploaded');
		expect(said.join('. ')).toBe('0.txt: failed. Something went wrong: try again.. 6 files uploaded');
	});

	test('of a hundred that are refused no more than a person hears out', async () => {
		const said = withNotify();
		put('<oss-upload multiple accept=".mov"></oss-upload>');
		await the('oss-upload').addFiles(files(100));
		await expect.poll(() => said.length).toBe(1);
		expect(said[0]?.match(/failed/g)).toHaveLength(5);
	});

	test('once, however many lists of the uploader there are; when the one that spoke goes, another does', async () => {
		const said = withNotify();
		put(`<oss-upload-button></oss-upload-button>${'<oss-upload-list></oss-upload-list>'.repeat(2)}`);
		await the('oss-upload-button').addFiles([fileOf('a.txt')]);
		uploader.began[0]?.go('uploading');
		await expect.poll(() => said).toEqual(['a.txt: upload started']);
		uploader.began[0]?.go('paused');
		await expect.poll(() => said.slice(1)).toEqual(['a.txt: paused']);
		the('oss-upload-list').remove();
		uploader.began[0]?.go('uploading');
		await expect.poll(() => said.slice(2)).toEqual(['a.txt: resumed']);
	});

	test('by a list that can be seen, whichever was there first, and which of them is meanwhile', async () => {
		const said = withNotify();
		const notify = vi.spyOn(Element.prototype as Element & { ariaNotify: Notify }, 'ariaNotify');
		put('<div hidden><oss-upload></oss-upload></div><oss-upload-list></oss-upload-list>');
		await the('oss-upload').addFiles([fileOf('a.txt')]);
		uploader.began[0]?.go('uploading');
		await expect.poll(() => said).toEqual(['a.txt: upload started']);
		const speaker = () => ((notify.mock.contexts.at(-1) as Node).getRootNode() as ShadowRoot).host;
		expect(speaker()).toBe(the('oss-upload-list'));
		the('div').hidden = false;
		the('oss-upload-list').hidden = true;
		uploader.began[0]?.go('paused');
		await expect.poll(() => said.slice(1)).toEqual(['a.txt: paused']);
		expect(speaker()).not.toBe(the('oss-upload-list'));
	});

	test('of the one that is begun while six wait for their start: its steps', async () => {
		const said = withNotify();
		put('<oss-upload multiple no-auto></oss-upload>');
		await the('oss-upload').addFiles(files(6));
		the('oss-upload').removeAttribute('no-auto');
		await the('oss-upload').addFiles([fileOf('a.txt')]);
		uploader.began[0]?.go('uploading');
		await uploader.began[0]?.finish();
		await expect.poll(() => said.join('. ')).toBe('a.txt: upload started. a.txt: uploaded');
	});
});

test('it is `uploading` while something is under way, and not while it waits for its start', async () => {
	put('<oss-upload multiple no-auto></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a.txt')]);
	await frame();
	expect(the('oss-upload').matches(':state(uploading)')).toBe(false);
	the('oss-upload').start();
	uploader.began[0]?.go('uploading');
	await frame();
	expect(the('oss-upload').matches(':state(uploading)')).toBe(true);
});

describe('while an element is disabled', () => {
	const button = (name: string) =>
		all('button').find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
	const disable = async () => {
		const fieldset = document.querySelector('fieldset');
		if (fieldset) fieldset.disabled = true;
		await frame();
	};

	test('no file is begun by the list, and none leaves the form', async () => {
		put('<fieldset><oss-upload multiple no-auto></oss-upload></fieldset>');
		const element = the('oss-upload');
		await element.addFiles(files(2));
		element.start();
		await uploader.began[0]?.finish('films/0');
		await uploader.began[1]?.fail(new Error('gone'));
		await element.addFiles([fileOf('a.txt')]);
		await disable();
		button('Try again')?.click();
		for (const each of all('button')) if (each.getAttribute('aria-label') === 'Upload') each.click();
		for (const each of all('button')) if (each.textContent === 'Upload') each.click();
		for (const each of all('[aria-label="Remove from the list"]')) each.click();
		expect(uploader.began).toHaveLength(2);
		await frame();
		expect(element.value).toEqual(['films/0']);
		expect(all('li')).toHaveLength(3);
	});

	test('no interrupted upload goes on, or is discarded', async () => {
		put('<fieldset><oss-upload multiple></oss-upload></fieldset>');
		uploader.list(pendingUpload('a', { source: 'copy' }), pendingUpload('b', { source: 'copy' }));
		await disable();
		for (const name of ['Resume', 'Resume all', 'Discard']) button(name)?.click();
		await frame();
		expect(uploader.began).toEqual([]);
		expect(button('Undo')).toBeUndefined();
	});

	test('what runs can be paused, go on, and be cancelled', async () => {
		put('<fieldset><oss-upload multiple></oss-upload></fieldset>');
		await the('oss-upload').addFiles([fileOf('a.txt')]);
		const [task] = uploader.began;
		task?.go('uploading');
		await disable();
		const states: unknown[] = [];
		for (const name of ['Pause', 'Resume', 'Cancel', 'Undo']) {
			button(name)?.click();
			states.push(task?.state);
			await frame();
		}
		expect(states).toEqual(['paused', 'uploading', 'paused', 'uploading']);
	});

	test('a list elsewhere begins none of its files', async () => {
		put('<oss-upload-button multiple no-auto></oss-upload-button><oss-upload-list></oss-upload-list>');
		await the('oss-upload-button').addFiles([fileOf('a.txt')]);
		await frame();
		the('oss-upload-button').disabled = true;
		await frame();
		button('Upload')?.click();
		expect(uploader.began).toEqual([]);
		the('oss-upload-button').disabled = false;
		await frame();
		button('Upload')?.click();
		expect(uploader.began).toHaveLength(1);
	});
});

test('what an element that was disabled leaves behind can be begun, tried again and removed', async () => {
	put('<fieldset><oss-upload multiple no-auto></oss-upload></fieldset><oss-upload-list></oss-upload-list>');
	const element = the('oss-upload');
	await element.addFiles(files(1));
	element.start();
	await uploader.began[0]?.fail(new Error('gone'));
	await element.addFiles([fileOf('a.txt')]);
	the('fieldset').disabled = true;
	the('fieldset').remove();
	await frame();
	const press = (name: string) =>
		all('button')
			.find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name)
			?.click();
	press('Try again');
	press('Upload');
	expect(uploader.began).toHaveLength(3);
	await uploader.began[2]?.finish();
	await frame();
	press('Remove from the list');
	await frame();
	expect(all('li')).toHaveLength(1);
});

test('another uploader: its own files are told, and none of the one before', async () => {
	put('<oss-upload multiple></oss-upload>');
	const told: unknown[] = [];
	the('oss-upload').addEventListener('oss-upload-change', (event) =>
		told.push((event as CustomEvent).detail.files.map(({ name }: { name: string }) => name)),
	);
	await the('oss-upload').addFiles([fileOf('a.txt')]);
	const other = new FakeUploader();
	the('oss-upload').uploader = other.asUploader;
	await expect.poll(() => told).toEqual([[]]);
	await the('oss-upload').addFiles([fileOf('b.txt')]);
	await expect.poll(() => told).toEqual([[], ['b.txt']]);
});

test('an `objectUrl` that comes late reaches the rows that are there', async () => {
	put('<oss-upload multiple></oss-upload>');
	await the('oss-upload').addFiles([fileOf('a.txt')]);
	await uploader.began[0]?.finish('films/a');
	// Nothing is left to be drawn for any other reason.
	for (let frames = 0; frames < 5; frames++) await frame();
	expect(all('a:not([hidden])')).toEqual([]);
	the('oss-upload').objectUrl = ({ key }) => `https://cdn.test/${key}`;
	await frame();
	expect(all('a:not([hidden])').map((link) => (link as HTMLAnchorElement).href)).toEqual([
		'https://cdn.test/films/a',
	]);
});

describe('only what is seen is drawn', () => {
	test('of two thousand files, wherever one scrolls to', async () => {
		put('<oss-upload multiple no-auto></oss-upload>');
		await the('oss-upload').addFiles(files(2000));
		await frame();
		const [list] = all('.list.list:not(.pending-list)');
		const drawn: number[] = [];
		for (const part of [0, 0.3, 0.6, 1, 0.5]) {
			list?.scrollTo(0, part * list.scrollHeight);
			await frame();
			await frame();
			drawn.push(all('li').length);
		}
		expect(Math.max(...drawn)).toBeLessThan(30);
		expect(Math.min(...drawn)).toBeGreaterThan(5);
	});

	test('rows that were never drawn are as high as those that were: nothing jumps when one scrolls up', async () => {
		put('<oss-upload multiple no-auto></oss-upload>');
		await the('oss-upload').addFiles(files(500));
		await frame();
		await frame();
		const [list] = all('.list:not(.pending-list)');
		const height = list?.scrollHeight;
		list?.scrollTo(0, 10_000);
		await frame();
		await frame();
		expect(list?.scrollHeight).toBe(height);
	});

	test('of ten thousand parts two thousand a frame', async () => {
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles([fileOf('a.mov')]);
		const [task] = uploader.began;
		if (!task) throw new Error('It began');
		task.progress = { ...task.progress, partsTotal: 10_000 };
		task.go('uploading');
		await frame();
		const clear = vi.spyOn(CanvasRenderingContext2D.prototype, 'clearRect');
		all('[aria-label=Details]')[0]?.click();
		const frames: number[] = [];
		const painted = () => frames.reduce((sum, each) => sum + each, 0);
		for (let turns = 0; painted() < 10_000 && turns < 30; turns++) {
			await frame();
			frames.push(clear.mock.calls.length);
			clear.mockClear();
		}
		clear.mockRestore();
		// And the six of its legend.
		expect(Math.max(...frames)).toBeLessThanOrEqual(2000 + 6);
		expect(painted()).toBeGreaterThanOrEqual(10_000);
	});
});

describe('one press, for all that stands still:', () => {
	const inTotal = (name: string) =>
		allWithin(document.body, '[part=total] button').find((each) => each.textContent === name);
	const isAvailable = (name: string) => inTotal(name)?.getAttribute('aria-disabled') !== 'true';

	test('what failed is tried again', async () => {
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles(files(3));
		const [first, second, third] = uploader.began;
		third?.go('uploading');
		await frame();
		expect(isAvailable('Resume all')).toBe(false);
		await first?.fail(new Error('no'));
		await second?.fail(new Error('no'));
		await frame();
		expect(isAvailable('Try again')).toBe(true);
		inTotal('Try again')?.click();
		expect(uploader.began.slice(3).map(({ file }) => file.name)).toEqual(['0.txt', '1.txt']);
		await frame();
		expect(isAvailable('Resume all')).toBe(false);
	});

	test('with what is paused, what failed goes on too', async () => {
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles(files(2));
		const [first, second] = uploader.began;
		await first?.fail(new Error('no'));
		second?.go('paused');
		await frame();
		inTotal('Resume all')?.click();
		expect(uploader.began.map(({ state }) => state)).toEqual(['failed', 'uploading', 'waiting']);
	});
});

describe('the focus', () => {
	const focused = () => {
		let { activeElement } = document;
		while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
		return activeElement;
	};

	test('goes to the row that takes the place of one that leaves', async () => {
		put('<oss-upload multiple no-auto></oss-upload>');
		await the('oss-upload').addFiles(files(3));
		await frame();
		const remove = all('[aria-label="Remove from the list"]')[1];
		remove?.focus();
		remove?.click();
		await frame();
		expect(focused()?.closest('li')?.querySelector('.name')?.textContent).toBe('2.txt');
	});

	test('goes to where files come from, when the button that was pressed is gone with all rows', async () => {
		put('<oss-upload multiple></oss-upload>');
		await the('oss-upload').addFiles(files(2));
		for (const task of uploader.began) await task.finish();
		await frame();
		const clear = all('button').find((each) => each.textContent === 'Clear finished');
		clear?.focus();
		clear?.click();
		await frame();
		expect(focused()?.textContent).toBe('Choose files');
	});

	test('goes to a row, when all that was interrupted goes on', async () => {
		put('<oss-upload multiple></oss-upload>');
		uploader.list(pendingUpload('a', { source: 'copy' }), pendingUpload('b', { source: 'copy' }));
		await frame();
		const resume = all('button').find((each) => each.textContent === 'Resume all');
		resume?.focus();
		resume?.click();
		for (const task of uploader.began) task.go('uploading');
		await frame();
		await frame();
		expect(focused()?.closest('li')?.querySelector('.name')?.textContent).toBe('a.mov');
	});
});
