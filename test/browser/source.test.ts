import { describe, expect, test } from 'vitest';
import { blobSource, LateSource } from '../../src/browser/source.js';

test('a File gives its name, size and type', () => {
	const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 1234 });
	expect(blobSource(file)).toMatchObject({ size: 3, name: 'a.txt', type: 'text/plain' });
});

test('a Blob has no name', () => {
	expect(blobSource(new Blob(['abc']))).toMatchObject({ size: 3, name: '', type: '' });
});

test('a file’s time is nobody’s business: nothing is to be concluded from it [A4]', () => {
	expect(blobSource(new File(['abc'], 'a.txt', { lastModified: 1234 }))).not.toHaveProperty('lastModified');
});

test('a slice has the bytes and no type, so that the browser sends no Content-Type of its own', async () => {
	const slice = blobSource(new File(['abcdef'], 'a.txt', { type: 'text/plain' })).slice(2, 4);
	expect(slice.blob.type).toBe('');
	expect(await slice.blob.text()).toBe('cd');
});

/** A file of ten bytes, each of which is read in its own way. */
function fileWith(read: (at: number) => Promise<ArrayBuffer>) {
	const blob = new Blob(['0123456789']);
	const looked: number[] = [];
	blob.slice = (start = 0, end = 10) =>
		Object.assign(new Blob([new Uint8Array(end - start)]), {
			arrayBuffer: () => {
				looked.push(start);
				return read(start);
			},
		});
	return { source: blobSource(blob), looked };
}

const byte = async () => new ArrayBuffer(1);

describe('whether bytes can be read', () => {
	test.each([
		[0, 3],
		[1, 2],
		[2, 3],
		[3, 3],
	])('of a whole file they can, from %i to %i', async (start, end) => {
		await expect(blobSource(new Blob(['abc'])).assertReadable(start, end)).resolves.toBeUndefined();
	});

	test('is looked at at both ends, a byte each, and at nothing of an empty range [B12]', async () => {
		const { source, looked } = fileWith(byte);
		await source.assertReadable(2, 8);
		expect(looked).toEqual([2, 7]);
		await source.assertReadable(4, 5);
		expect(looked).toEqual([2, 7, 4]);
		await source.assertReadable(5, 5);
		expect(looked).toHaveLength(3);
	});

	test.each([
		['the first', 2],
		['the last', 7],
	])(
		'where %s byte cannot be: FileUnreadable, with the browser’s reason and what to do [B12]',
		async (_, at) => {
			const cause = new DOMException('gone', 'NotFoundError');
			const { source } = fileWith((read) => (read === at ? Promise.reject(cause) : byte()));
			await expect(source.assertReadable(2, 8)).rejects.toMatchObject({
				code: 'FileUnreadable',
				cause,
				retryable: false,
				message: expect.stringContaining('pick it again'),
			});
		},
	);

	test('where the file became shorter without an error, inside of the range too: FileUnreadable [B12]', async () => {
		const { source } = fileWith(async (at) => new ArrayBuffer(at < 5 ? 1 : 0));
		await expect(source.assertReadable(2, 8)).rejects.toMatchObject({ code: 'FileUnreadable' });
		await expect(source.assertReadable(2, 5)).resolves.toBeUndefined();
	});

	test('where one end hangs and the other fails: FileUnreadable, without waiting', async () => {
		const { source } = fileWith((at) =>
			at === 2 ? new Promise(() => {}) : Promise.reject(new DOMException('gone', 'NotReadableError')),
		);
		await expect(source.assertReadable(2, 8)).rejects.toMatchObject({ code: 'FileUnreadable' });
	});
});

describe('a file that has to be opened', () => {
	/** Opened anew, it is the next of these. */
	const lateSource = (...versions: readonly File[]) => {
		const left = [...versions];
		const before: unknown[] = [];
		const source = new LateSource('a.txt', async (known) => {
			before.push(known);
			const next = left.shift();
			if (!next) throw new Error('gone');
			return next;
		});
		return { source, before };
	};
	const file = new File(['abc'], 'a.txt', { type: 'text/plain' });

	test('has a name at once, its size and type once it is open', async () => {
		const { source } = lateSource(file);
		expect(source).toMatchObject({ name: 'a.txt', size: undefined, type: '' });
		expect(await source.open()).toMatchObject({ name: 'a.txt', size: 3 });
		expect(source).toMatchObject({ name: 'a.txt', size: 3, type: 'text/plain' });
		expect(await source.blob).toBe(file);
	});

	test('is opened for whoever needs the file first', async () => {
		const { source } = lateSource(file);
		expect(await source.blob).toBe(file);
		expect(source.size).toBe(3);
	});

	test('is another one each time that it is opened, by whoever knows the one before', async () => {
		const same = new File(['abc'], 'a.txt');
		const { source, before } = lateSource(file, same);
		await source.open();
		await source.open();
		expect(await source.blob).toBe(same);
		expect(before).toEqual([undefined, file]);
	});

	test('fails as opening it does, and stays what it was', async () => {
		const { source } = lateSource(file);
		await source.open();
		await expect(source.open()).rejects.toThrow('gone');
		expect(await source.blob).toBe(file);
	});
});
