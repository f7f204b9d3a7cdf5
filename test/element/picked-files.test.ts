import { expect, test } from 'vitest';
import { filesOfInput, filesOfTransfer } from '../../src/element/picked-files.js';
import { english } from '../../src/element/words/english.js';
import { Words } from '../../src/element/words/words.js';

type Tree = { readonly [name: string]: Tree | string };

const words = new Words('en', english);

/** As the browser shows a dropped folder: some entries at a time. */
function entryOf(name: string, content: Tree | string, parent = ''): FileSystemEntry {
	const fullPath = `${parent}/${name}`;
	if (typeof content === 'string') {
		const file = (found: (file: File) => void, failed: () => void) =>
			content === 'gone' ? failed() : found(new File([content], name));
		return { name, fullPath, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
	}
	const createReader = () => {
		const left = Object.entries(content).map(([each, inside]) => entryOf(each, inside, fullPath));
		const readEntries = (found: (entries: FileSystemEntry[]) => void, failed: () => void) =>
			left[0]?.name === 'ejected' ? failed() : found(left.splice(0, 2));
		return { readEntries };
	};
	return { name, fullPath, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

const transferOf = (...entries: readonly FileSystemEntry[]) => {
	const items = entries.map((entry) => ({
		kind: 'file',
		webkitGetAsEntry: () => entry,
		getAsFile: () => new File([''], entry.name),
	}));
	return { items: [...items, { kind: 'string' }] } as unknown as DataTransfer;
};

test('a dropped folder is read to its end, with paths, and without what systems leave there', async () => {
	const folder = {
		'.DS_Store': 'x',
		'a.jpg': 'a',
		'day 1': { 'b.jpg': 'b', 'Thumbs.db': 'x', '._b.jpg': 'x', deeper: { 'c.jpg': 'c' } },
		'd.jpg': 'd',
		'e.jpg': 'e',
		__MACOSX: { 'f.jpg': 'x' },
	};
	const found = await filesOfTransfer(transferOf(entryOf('holiday', folder), entryOf('single.txt', 's')));
	expect(found.map(({ path }) => path).sort()).toEqual([
		'holiday/a.jpg',
		'holiday/d.jpg',
		'holiday/day 1/b.jpg',
		'holiday/day 1/deeper/c.jpg',
		'holiday/e.jpg',
		'single.txt',
	]);
});

test('what of a dropped folder cannot be read is refused, and says why', async () => {
	const folder = {
		'deleted.jpg': 'gone',
		'day 1': { 'a.jpg': 'a', 'b.jpg': 'b', ejected: 'x' },
		'c.jpg': 'c',
	};
	const found = await filesOfTransfer(transferOf(entryOf('holiday', folder)));
	expect(found.map(({ path, refusal }) => [path, refusal?.(words)])).toEqual([
		['holiday/deleted.jpg', english.errorFileUnreadable],
		['holiday/day 1/a.jpg', undefined],
		['holiday/day 1/b.jpg', undefined],
		['holiday/day 1', english.errorFileUnreadable],
		['holiday/c.jpg', undefined],
	]);
});

test('a chosen folder keeps its paths too; a file that was chosen by itself is meant', () => {
	const at = (path: string) => {
		const file = new File(['x'], path.split('/').at(-1) ?? '');
		Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
		return file;
	};
	const found = filesOfInput([at('holiday/a.jpg'), at('holiday/.DS_Store'), at('Thumbs.db')]);
	expect(found.map(({ path }) => path)).toEqual(['holiday/a.jpg', 'Thumbs.db']);
});

test('of more than a hundred, only those that name no type are asked whether they are folders', async () => {
	const asked: string[] = [];
	const itemOf = (name: string, type: string) => ({
		...{ kind: 'file', type },
		webkitGetAsEntry: () => {
			asked.push(name);
			return entryOf(name, name.includes('.') ? 'x' : { 'inside.txt': 'x' });
		},
		getAsFile: () => new File([''], name),
	});
	const photos = Array.from({ length: 2000 }, (_, index) => itemOf(`${index}.jpg`, 'image/jpeg'));
	const items = [...photos, itemOf('holiday', '')];
	const found = await filesOfTransfer({ items } as unknown as DataTransfer);
	expect(asked).toEqual(['holiday']);
	expect(found).toHaveLength(2001);
	expect(found.at(-1)?.path).toBe('holiday/inside.txt');

	asked.splice(0);
	// A folder may be named like a file.
	await filesOfTransfer({ items: photos.slice(0, 100) } as unknown as DataTransfer);
	expect(asked).toHaveLength(100);
});
