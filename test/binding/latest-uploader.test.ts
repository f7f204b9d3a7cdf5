import { expect, test, vi } from 'vitest';
import { latestUploader, purposeOf } from '../../src/binding/latest-uploader.js';
import type { UploaderOptions } from '../../src/index.js';
import { optionsOf } from '../../src/inside.js';

const OPTIONS = { bucket: 'examplebucket', region: 'cn-hangzhou' };
const made = (options: Partial<UploaderOptions> = {}): UploaderOptions => ({
	...OPTIONS,
	getCredentials: vi.fn(),
	...options,
});
const REQUEST = {
	bucket: 'examplebucket',
	key: 'k',
	reason: 'initial',
	signal: AbortSignal.abort(),
} as const;

test('its functions are the latest, called as they would be, and all else is as it was first said', () => {
	const first = made({ parallel: 3 });
	let latest = first;
	const uploader = latestUploader(() => latest);
	latest = made({ parallel: 4 });
	const { getCredentials, parallel } = optionsOf.get(uploader) ?? {};
	getCredentials?.(REQUEST);
	expect(first.getCredentials).not.toHaveBeenCalled();
	expect(latest.getCredentials).toHaveBeenCalledWith(REQUEST);
	expect(parallel).toBe(3);
});

test('one that is left out later is the last that there was', () => {
	const first = made();
	let latest: UploaderOptions = first;
	const uploader = latestUploader(() => latest);
	latest = OPTIONS;
	optionsOf.get(uploader)?.getCredentials?.(REQUEST);
	expect(first.getCredentials).toHaveBeenCalledTimes(1);
});

test("those of another person's uploader are not called for this one", () => {
	let latest = made({ scope: 'alice' });
	const uploader = latestUploader(() => latest);
	const hers = made({ scope: 'alice' });
	const { getCredentials } = optionsOf.get(uploader) ?? {};
	latest = hers;
	getCredentials?.(REQUEST);
	latest = made({ scope: 'bob' });
	getCredentials?.(REQUEST);
	expect(latest.getCredentials).not.toHaveBeenCalled();
	expect(hers.getCredentials).toHaveBeenCalledTimes(2);
});

test.each<[Partial<UploaderOptions>, boolean]>([
	[{ bucket: 'otherbucket' }, false],
	[{ region: 'cn-beijing' }, false],
	[{ endpoint: 'https://upload.example.com' }, false],
	[{ scope: 'alice' }, false],
	[{ scope: '' }, true],
	[{ scope: undefined }, true],
	[{ parallel: 2 }, true],
])('%j is for the same: %s', (change, isSame) => {
	expect(purposeOf(made(change)) === purposeOf(made())).toBe(isSame);
});

test('an endpoint is what it says, as a URL and as a string', () => {
	const endpoint = 'https://upload.example.com/';
	expect(purposeOf(made({ endpoint: new URL(endpoint) }))).toBe(purposeOf(made({ endpoint })));
});

test('wrong options are refused at once', () => {
	expect(() => latestUploader(() => ({ ...made(), bucket: 'A' }))).toThrow(/`?bucket/);
});
