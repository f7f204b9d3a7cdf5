import { describe, expect, test } from 'vitest';
import { blobSource } from '../../src/browser/source.js';

test('a File gives its name, time and type', () => {
	const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 1234 });
	expect(blobSource(file)).toMatchObject({ size: 3, name: 'a.txt', lastModified: 1234, type: 'text/plain' });
});

test('a Blob has no name and no time', () => {
	const source = blobSource(new Blob(['abc']));
	expect(source).toMatchObject({ size: 3, name: '', type: '' });
	expect(source.lastModified).toBeUndefined();
});

test('a slice has the bytes and no type, so that the browser sends no Content-Type of its own', async () => {
	const slice = blobSource(new File(['abcdef'], 'a.txt', { type: 'text/plain' })).slice(2, 4);
	expect(slice.type).toBe('');
	expect(await slice.text()).toBe('cd');
});

describe('a file', () => {
	test.each([0, 2, 3])('that can be read is readable at byte %i', async (start) => {
		await expect(blobSource(new Blob(['abc'])).assertReadable(start)).resolves.toBeUndefined();
	});

	test('that can no longer be read is FileUnreadable, with the browser’s reason and what to do', async () => {
		const cause = new DOMException('gone', 'NotFoundError');
		const blob = new Blob(['abc']);
		blob.slice = () => Object.assign(new Blob(['a']), { arrayBuffer: () => Promise.reject(cause) });
		await expect(blobSource(blob).assertReadable(0)).rejects.toMatchObject({
			code: 'FileUnreadable',
			cause,
			retryable: false,
			message: expect.stringContaining('pick it again'),
		});
	});

	test('that became shorter without an error is FileUnreadable', async () => {
		const blob = new Blob(['abc']);
		blob.slice = () => Object.assign(new Blob(['a']), { arrayBuffer: async () => new ArrayBuffer(0) });
		await expect(blobSource(blob).assertReadable(0)).rejects.toMatchObject({ code: 'FileUnreadable' });
	});
});
