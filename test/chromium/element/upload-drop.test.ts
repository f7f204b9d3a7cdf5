import { afterEach, describe, expect, test, vi } from 'vitest';
import type { OssUpload, OssUploadDrop } from '../../../src/element.js';
import '../../../src/element.js';
import { FakeUploader } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, textOf, the, uploader } from './page.js';

onOwnPage();
afterEach(() => {
	vi.restoreAllMocks();
});

const dataTransfer = () => {
	const data = new DataTransfer();
	data.items.add(fileOf('a'));
	return data;
};
const drag = (on: Element | undefined, type: string) =>
	on?.dispatchEvent(
		new DragEvent(type, {
			dataTransfer: dataTransfer(),
			...{ bubbles: true, composed: true, cancelable: true },
		}),
	);

describe('a drag', () => {
	test.each(['preventDefault', 'stopPropagation'] as const)(
		'that the app takes by `%s` leaves nothing drawn over the page',
		(way) => {
			put('<oss-upload multiple whole-page></oss-upload>');
			const heard = (event: Event) => event[way]();
			document.body.addEventListener('drop', heard);
			drag(document.body, 'dragenter');
			expect(the('oss-upload').hasAttribute('data-dragover')).toBe(true);
			drag(document.body, 'drop');
			document.body.removeEventListener('drop', heard);
			expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
			expect(uploader.began).toEqual([]);
		},
	);

	test('is for the zone below it, and not for one that has the whole page', async () => {
		put('<oss-upload multiple whole-page></oss-upload><oss-upload-drop multiple></oss-upload-drop>');
		const own = new FakeUploader();
		the('oss-upload-drop').uploader = own.asUploader;
		drag(the('oss-upload-drop'), 'dragenter');
		expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
		drag(the('oss-upload-drop'), 'drop');
		await expect.poll(() => own.began.length).toBe(1);
		expect(uploader.began).toEqual([]);
		expect(the('oss-upload-drop').hasAttribute('data-dragover')).toBe(false);
	});
});

/** Each element of the page that takes drops has an uploader of its own; what each has begun. */
function eachWithOwn(): () => number[] {
	const elements = document.querySelectorAll<OssUpload | OssUploadDrop>('oss-upload, oss-upload-drop');
	const own = [...elements].map((element) => {
		const uploader = new FakeUploader();
		element.uploader = uploader.asUploader;
		return uploader;
	});
	return () => own.map(({ began }) => began.length);
}

const paste = (on: Element | null | undefined) =>
	on?.dispatchEvent(
		new ClipboardEvent('paste', {
			clipboardData: dataTransfer(),
			...{ bubbles: true, composed: true, cancelable: true },
		}),
	);

describe('a pasted file', () => {
	test.each([
		['the element in which the focus is', '#second', [0, 1, 0]],
		['that of the dialog in which the focus is, and none of the page behind', 'dialog button', [0, 0, 1]],
		['the first one, where none is near', 'body', [1, 0, 0]],
	])('is for %s', async (_, where, expected) => {
		put(`<oss-upload multiple></oss-upload><oss-upload multiple id="second"></oss-upload>
			<dialog open><button></button><p><oss-upload-drop multiple></oss-upload-drop></p></dialog>`);
		const began = eachWithOwn();
		paste(document.querySelector(where));
		await expect.poll(began).toEqual(expected);
	});

	test('is for the element in which the focus is, within a shadow root too', async () => {
		put('<oss-upload multiple></oss-upload><oss-upload multiple></oss-upload><span></span>');
		const second = document.querySelectorAll('oss-upload')[1] as OssUpload;
		const began = eachWithOwn();
		the('span').attachShadow({ mode: 'open' }).append(second);
		paste(allWithin(second.shadowRoot as ShadowRoot, 'button')[0]);
		await expect.poll(began).toEqual([0, 1]);
		paste(the('span'));
		await expect.poll(began).toEqual([0, 2]);
	});

	test('is for the first that is not disabled; for none, where that in which the focus is is disabled', async () => {
		put('<oss-upload multiple disabled></oss-upload><oss-upload multiple></oss-upload>');
		const began = eachWithOwn();
		expect(paste(the('oss-upload'))).toBe(true);
		expect(paste(document.body)).toBe(false);
		await expect.poll(began).toEqual([0, 1]);
	});
});

describe('what nobody can see or reach takes nothing', () => {
	test.each([
		['in what is not drawn', '<div hidden><oss-upload whole-page></oss-upload></div>', [0, 1]],
		['in a dialog that is closed', '<dialog><oss-upload whole-page></oss-upload></dialog>', [0, 1]],
		['in what is inert', '<div inert><oss-upload whole-page></oss-upload></div>', [0, 1]],
		[
			'in a panel that is not visible',
			'<div style="visibility: hidden"><oss-upload whole-page></oss-upload></div>',
			[0, 1],
		],
		[
			'while one whose host has no box is seen',
			'<oss-upload whole-page style="display: contents"></oss-upload>',
			[1, 0],
		],
	])('%s', async (_, first, [own, other]) => {
		put(`${first}<oss-upload whole-page></oss-upload>`);
		const began = eachWithOwn();
		paste(document.body);
		await expect.poll(began).toEqual([own, other]);
		for (const each of document.querySelectorAll('oss-upload')) each.multiple = true;
		drag(document.body, 'drop');
		await expect.poll(began).toEqual([(own ?? 0) * 2, (other ?? 0) * 2]);
	});

	test('behind a modal dialog', async () => {
		put('<oss-upload></oss-upload><dialog><button></button></dialog>');
		const began = eachWithOwn();
		the('dialog').showModal();
		expect(paste(the('dialog'))).toBe(true);
		the('dialog').append(the('oss-upload'));
		expect(paste(the('dialog'))).toBe(false);
		await expect.poll(began).toEqual([1]);
	});
});

describe('a dropped file', () => {
	test('is for one that has the whole page and is not disabled', async () => {
		put(
			'<oss-upload multiple whole-page disabled></oss-upload><oss-upload multiple whole-page></oss-upload>',
		);
		const began = eachWithOwn();
		drag(document.body, 'drop');
		await expect.poll(began).toEqual([0, 1]);
	});

	test('is for the element over whose list it is', async () => {
		put('<oss-upload multiple></oss-upload><oss-upload multiple></oss-upload>');
		const began = eachWithOwn();
		const second = document.querySelectorAll('oss-upload')[1];
		drag(second?.shadowRoot?.querySelector('oss-upload-list') ?? undefined, 'drop');
		await expect.poll(began).toEqual([0, 1]);
	});

	test.each(['oss-upload-drop', 'oss-upload-list'])(
		'is not opened in place of the page while there is no uploader yet, over `%s`',
		(part) => {
			document.body.innerHTML = '<oss-upload multiple></oss-upload>';
			const [over] = allWithin(document.body, part);
			expect([drag(over, 'dragover'), drag(over, 'drop')]).toEqual([false, false]);
			expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
		},
	);

	test('is left to the page where none is to be dropped', () => {
		put('<oss-upload multiple no-drop></oss-upload>');
		expect(drag(the('oss-upload'), 'drop')).toBe(true);
	});
});

test('files of the app are refused aloud while there is no uploader yet', async () => {
	document.body.innerHTML = '<oss-upload multiple></oss-upload>';
	await expect(the('oss-upload').addFiles([fileOf('a')])).rejects.toThrow(
		'<oss-upload> has no `uploader` yet',
	);
});

describe('a drag over what leaves the page meanwhile', () => {
	test('leaves nothing drawn when it leaves the window', () => {
		put('<i></i><oss-upload multiple whole-page></oss-upload>');
		const hint = the('i');
		drag(document.body, 'dragenter');
		drag(hint, 'dragenter');
		drag(document.body, 'dragleave');
		expect(the('oss-upload').hasAttribute('data-dragover')).toBe(true);
		hint.remove();
		// Nobody hears that the drag leaves what is out of the page.
		drag(document.body, 'dragenter');
		drag(hint, 'dragleave');
		expect(the('oss-upload').hasAttribute('data-dragover')).toBe(true);
		drag(document.body, 'dragleave');
		expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
	});

	test('leaves nothing drawn when it goes on to where no file is taken', () => {
		put('<oss-upload-drop multiple><i></i></oss-upload-drop>');
		const inside = the('i');
		drag(inside, 'dragenter');
		expect(the('oss-upload-drop').hasAttribute('data-dragover')).toBe(true);
		inside.remove();
		drag(document.body, 'dragenter');
		expect(the('oss-upload-drop').hasAttribute('data-dragover')).toBe(false);
	});
});

describe('an element', () => {
	test('that leaves the page forgets what was dragged over it', async () => {
		put('<oss-upload multiple></oss-upload>');
		await frame();
		const element = the('oss-upload');
		const dataTransfer = new DataTransfer();
		dataTransfer.items.add(fileOf('a'));
		const [zone] = allWithin(document.body, 'oss-upload-drop');
		zone?.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true, composed: true }));
		expect(element.hasAttribute('data-dragover')).toBe(true);
		element.remove();
		document.body.append(element);
		expect(element.hasAttribute('data-dragover')).toBe(false);
	});

	test('that is disabled lets no file be dropped that the browser would open in place of the page', () => {
		put('<oss-upload multiple disabled></oss-upload>');
		const dataTransfer = new DataTransfer();
		dataTransfer.items.add(fileOf('a'));
		const [zone] = allWithin(document.body, 'oss-upload-drop');
		const options = { dataTransfer, bubbles: true, composed: true, cancelable: true };
		const over = new DragEvent('dragover', options);
		zone?.dispatchEvent(new DragEvent('dragenter', options));
		expect(the('oss-upload').hasAttribute('data-dragover')).toBe(false);
		zone?.dispatchEvent(over);
		const drop = new DragEvent('drop', options);
		zone?.dispatchEvent(drop);
		expect([over.defaultPrevented, drop.defaultPrevented]).toEqual([true, true]);
		expect(uploader.began).toEqual([]);
	});
});

test('what of a folder cannot be read has a row that says so, and is asked about by nobody', async () => {
	put('<oss-upload multiple directory></oss-upload>');
	const element = the('oss-upload');
	const before = vi.fn();
	element.addEventListener('oss-upload-before', ({ detail }) => before(detail.files));
	element.validate = vi.fn();
	const file = (_: unknown, failed: () => void) => failed();
	const entry = { name: 'gone.jpg', fullPath: '/gone.jpg', isFile: true, file };
	vi.spyOn(DataTransferItem.prototype, 'webkitGetAsEntry').mockReturnValue({
		...{ name: 'holiday', fullPath: '/holiday', isDirectory: true },
		createReader: () => {
			const left = [[entry], []];
			return { readEntries: (found: (entries: unknown) => void) => found(left.shift()) };
		},
	} as never);
	const [zone] = allWithin(document.body, 'oss-upload-drop');
	drag(zone, 'drop');
	await expect.poll(() => allWithin(document.body, 'li').length).toBe(1);
	expect(textOf(element.shadowRoot)).toContain('Not uploaded: The file cannot be read');
	expect(before).not.toHaveBeenCalled();
	expect(element.validate).not.toHaveBeenCalled();
	expect(uploader.began).toEqual([]);
});
