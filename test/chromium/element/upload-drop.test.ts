import { describe, expect, test } from 'vitest';
import '../../../src/element.js';
import { FakeUploader } from '../../element/fake-uploader.js';
import { allWithin, fileOf, frame, onOwnPage, put, the, uploader } from './page.js';

onOwnPage();

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
