import { expect, test } from 'vitest';
import { adviceOn } from '../../../src/element/list/failure.js';
import { english } from '../../../src/element/words/english.js';
import { Words } from '../../../src/element/words/words.js';
import { UploadError } from '../../../src/index.js';

const words = new Words('en', english);
const adviceFor = (error: unknown, canRetry = true): string =>
	adviceOn({ error, refusal: undefined, canRetry }, words);

test('credentials that were refused: whether one is signed in', () => {
	const cause = new UploadError('Service', 'answered 403');
	expect(adviceFor(new UploadError('Credentials', 'x', { cause }))).toBe(english.errorCredentials);
	expect(adviceFor(new UploadError('Credentials', 'x'))).toBe(english.errorCredentials);
});

test.each(['Network', 'Timeout'] as const)(
	'nothing answers that hands them out (%s): the network',
	(code) => {
		const cause = new UploadError(code, 'No answer came');
		expect(adviceFor(new UploadError('Credentials', 'x', { cause }))).toBe(english[`error${code}`]);
	},
);

test('what the app itself says is shown as it is', () => {
	expect(adviceFor('Films only')).toBe('Films only');
});

test('nobody is told to try again what has no button for it', () => {
	expect(adviceFor(new Error('x'))).toBe(english.errorOther);
	expect(adviceFor(new Error('x'), false)).toBe(english.errorOtherFile);
});
