import { expectInteger, expectTexts } from '../expect.js';
import { encode } from './encoding.js';

/** OSS's page on object tagging names letters, digits, spaces and `+ - = . _ : /`; of which alphabet it does not say. */
const CHARACTERS = /^[\p{L}\p{M}\p{N} +\-=._:/]*$/u;

/** For `x-oss-tagging`; `''` for no tags. What may be in a tag is looked at by `expectTagging`. */
export const encodeTags = (tags: Readonly<Record<string, string>> | undefined): string =>
	expectTexts('tags', tags)
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');

/** As `encodeTags` made it, or a caller himself. */
export function expectTagging(header: string, tagging: string): void {
	const tags = tagging.split('&').map((tag) => decode(header, tag));
	expectInteger('number of tags', tags.length, 0, 10, '', 'leave some out, or put them into `meta`');
	for (const [name, value] of tags) {
		expectInteger('characters in the name of a tag', name.length, 1, 128, '', 'name it in so many');
		expectInteger(
			`characters in tags.${name}`,
			value.length,
			0,
			256,
			'',
			'shorten it, or put it into `meta`',
		);
		if (CHARACTERS.test(name + value)) continue;
		throw new TypeError(
			`Expected \`tags.${name}\` to be of letters, digits, spaces and + - = . _ : /, got other characters: leave them out, or put it into \`meta\``,
		);
	}
}

function decode(header: string, tag: string): readonly [string, string] {
	const [name = '', value = '', ...more] = tag.split('=');
	try {
		if (more.length === 0) return [decodeURIComponent(name), decodeURIComponent(value)];
	} catch {}
	throw new TypeError(
		`Expected ${header} to be like a=1&b=2, percent-encoded: the option \`tags\` makes it so`,
	);
}
