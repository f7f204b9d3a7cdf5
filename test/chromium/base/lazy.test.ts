import { expect, test } from 'vitest';
import { lazy } from '../../../src/base/lazy.js';

test('a file that the page’s server does not have is Unsupported, never a raw TypeError [A5]', async () => {
	const load = () => import(/* @vite-ignore */ `${location.origin}/there-is-no-such-chunk.js`);
	await expect(lazy(load)()).rejects.toMatchObject({
		name: 'UploadError',
		code: 'Unsupported',
		retryable: false,
		message: expect.stringContaining('reload the page'),
	});
});
