import { expect, test } from 'vitest';

test('a server may import the elements, which are of no use there', async () => {
	expect(globalThis.HTMLElement).toBeUndefined();
	const { OssUpload } = await import('../../src/element.js');
	expect(OssUpload.observedAttributes).toContain('max-files');
});
