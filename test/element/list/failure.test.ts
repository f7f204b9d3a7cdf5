import { expect, test } from 'vitest';
import { adviceOn } from '../../../src/element/list/failure.js';
import { english } from '../../../src/element/words/english.js';
import { Words } from '../../../src/element/words/words.js';
import { UploadError, type UploadErrorCode } from '../../../src/index.js';

const words = new Words('en', english);
const adviceFor = (error: unknown, canRetry = true): string =>
	adviceOn({ error, refusal: undefined, canRetry }, words);

/** What it says of the cause. */
const causeOf = (sentence: string): string => sentence.split('{again}', 1).join();

test('credentials that were refused: whether one is signed in', () => {
	const cause = new UploadError('Service', 'answered 403');
	expect(adviceFor(new UploadError('Credentials', 'x', { cause }))).toContain(
		causeOf(english.errorCredentials),
	);
	expect(adviceFor(new UploadError('Credentials', 'x'))).toContain(causeOf(english.errorCredentials));
});

test.each(['Network', 'Timeout'] as const)(
	'nothing answers that hands them out (%s): the network',
	(code) => {
		const cause = new UploadError(code, 'No answer came');
		expect(adviceFor(new UploadError('Credentials', 'x', { cause }))).toContain(
			causeOf(english[`error${code}`]),
		);
	},
);

test('a disk that is slow or asleep has moved no file, unlike one that is gone', () => {
	const slow = new UploadError('FileUnreadable', 'x', { retryable: true });
	expect(adviceFor(slow)).toBe('Something went wrong: try again.');
	expect(adviceFor(new UploadError('FileUnreadable', 'x'))).toBe(english.errorFileUnreadable);
});

test('what the app itself says is shown as it is', () => {
	expect(adviceFor('Films only')).toBe('Films only');
});

const codes = Object.keys(english)
	.filter((name) => name.startsWith('error') && name !== 'errorOther')
	.map((name) => name.slice('error'.length) as UploadErrorCode);

test.each([...codes, undefined])(
	'nobody is told to try again what has no button for it, and where there is one, not to choose the file (%s)',
	(code) => {
		const error = code ? new UploadError(code, 'x') : new Error('x');
		const [withButton, without] = [adviceFor(error), adviceFor(error, false)];
		expect(without).not.toMatch(/try again/i);
		expect(`${withButton} ${without}`).not.toMatch(/[{}]/);
		const advises = withButton !== without;
		expect(advises).toBe(/ try again\b/.test(withButton));
		expect(advises).toBe(/ choose the file again\b/.test(without));
	},
);

test('a failure that may pass is tried again', () => {
	expect(adviceFor(new UploadError('Network', 'x'))).toBe(
		'No answer came through the network. Check it, then try again: what is stored is not sent again.',
	);
	expect(adviceFor(new UploadError('Network', 'x'), false)).toContain(
		'Check it, then choose the file again:',
	);
});
