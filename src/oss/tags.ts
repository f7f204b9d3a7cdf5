import { integer, type Rule, rule, texts } from '../base/expect.js';
import { encode } from './signing/encoding.js';

/** OSS's page on object tagging names letters, digits, spaces and `+ - = . _ : /`; of which alphabet it does not say. */
const TAGS = texts(
	rule('1 to 128 letters, digits, spaces and + - = . _ : /', /^[\p{L}\p{M}\p{N} +\-=._:/]{1,128}$/u),
	rule(
		'0 to 256 letters, digits, spaces and + - = . _ : /',
		/^[\p{L}\p{M}\p{N} +\-=._:/]{0,256}$/u,
		'leave the rest out',
	),
);

export const expectTags: Rule = (name, tags) => {
	TAGS(name, tags);
	integer(0, 10, 'leave the rest out')(`number of ${name}`, Object.keys(tags as object).length);
};

/** For `x-oss-tagging`. */
export const encodeTags = (tags: Readonly<Record<string, string>>): string =>
	Object.entries(tags)
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');
