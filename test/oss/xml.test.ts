import { describe, expect, test } from 'vitest';
import { childText, escapeXml, parseXml } from '../../src/oss/xml.js';

test('a flat document gives the texts of its elements', () => {
	const root = parseXml(`\uFEFF<?xml version="1.0" encoding="UTF-8"?>
<R xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com" a='1'>
	<Key> a b </Key><Empty/><Empty2 ></Empty2 ><x:Y.z-1>t</x:Y.z-1>
	<Part><ETag>"A"</ETag></Part><Part><ETag>&quot;B&quot;</ETag></Part>
</R>
`);
	expect(root.name).toBe('R');
	expect(root.children.map(({ name }) => name)).toEqual([
		'Key',
		'Empty',
		'Empty2',
		'x:Y.z-1',
		'Part',
		'Part',
	]);
	expect(childText(root, 'Key')).toBe(' a b ');
	expect(childText(root, 'Empty')).toBe('');
	expect(childText(root, 'Absent')).toBeUndefined();
	expect(root.children.slice(4).map((part) => childText(part, 'ETag'))).toEqual(['"A"', '"B"']);
});

test('the five entities and numeric references are characters', () => {
	expect(parseXml('<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x6d4b;&#x1F600;&amp;lt;</a>').text).toBe(
		'<>&"\'A测😀&lt;',
	);
});

test.each(['<a>1<![CDATA[2]]></a>', '<a>1<!-- 2 --></a>'])(
	'%s is refused: OSS writes no such thing',
	(text) => {
		expect(() => parseXml(text)).toThrow(SyntaxError);
	},
);

test('what is escaped comes back', () => {
	const text = `<"&lt;'>]]>`;
	expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text);
});

describe('what is no whole XML of OSS is refused:', () => {
	test.each([
		['nothing', ''],
		['space', ' \n'],
		['text', 'upstream connect error'],
		['JSON', '{"Status":"OK"}'],
		['a DOCTYPE', '<!DOCTYPE a><a/>'],
		['an entity declaration', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
		['a page', '<html><head><meta charset=utf-8></head></html>'],
		['an unclosed page', '<html><body><br></body></html>'],
		['a truncated element', '<a><b>text</b>'],
		['a truncated tag', '<a><b>text</b'],
		['a truncated comment', '<a><!-- </a>'],
		['a truncated CDATA', '<a><![CDATA[ </a>'],
		['mismatched tags', '<a><b></a></b>'],
		['a tag that only closes', '</a>'],
		['two roots', '<a/><b/>'],
		['text before', 'x<a/>'],
		['text after', '<a/>x'],
		['a DOCTYPE after', '<a/><!DOCTYPE a>'],
		['half a tag after', '<a/><'],
		['an unknown entity', '<a>&nbsp;</a>'],
		['an entity named like a property', '<a>&constructor;</a>'],
		['a bare ampersand', '<a>a & b</a>'],
		['an unfinished entity', '<a>&amp</a>'],
		['a character that is none', '<a>&#0;</a>'],
		['a surrogate', '<a>&#xD800;</a>'],
		['a character beyond Unicode', '<a>&#x110000;</a>'],
		['a huge number', `<a>&#${'9'.repeat(400)};</a>`],
		['attributes without quotes', '<a b=c></a>'],
		['an attribute holding markup', '<a b="<"></a>'],
		['depth', '<a>'.repeat(9) + '</a>'.repeat(9)],
		['size', `<a>${'x'.repeat(4_000_001)}</a>`],
		['a name of another script', '<ä/>'],
		['an empty name', '<></>'],
		['an element closed twice', '<a></a></a>'],
		['an element left open', '<a><b></b>'],
		['an instruction without an end', '<a/><?x >'],
		['half an instruction', '<?>'],
	])('%s', (_, text) => {
		expect(() => parseXml(text)).toThrow(SyntaxError);
	});
});

test('an error repeats nothing of the text', () => {
	expect(() => parseXml('<a>SECRET</b>')).toThrow(/^(?!.*SECRET)/);
});

/** A text that counts the characters that are looked at: to find something, and to take something out. */
class CountedText extends String {
	looked = 0;
	readonly #text: string;

	constructor(text: string) {
		super(text);
		this.#text = text;
	}

	override indexOf(searched: string, from = 0): number {
		const found = this.#text.indexOf(searched, from);
		this.looked += (found < 0 ? this.length : found + searched.length) - from;
		return found;
	}

	override slice(start: number, end: number): string {
		this.looked += end - start;
		return this.#text.slice(start, end);
	}

	/** Whatever else takes the text takes all of it. */
	override toString(): string {
		this.looked += this.length;
		return this.#text;
	}

	override [Symbol.iterator](): never {
		throw new Error('not counted');
	}
}

describe('no answer, however hostile, is looked at more than twice [F3]:', () => {
	test.each<[string, (n: number) => string]>([
		['open tags', (n) => '<a '.repeat(n)],
		['spaces in a tag', (n) => `<a ${' '.repeat(n)}`],
		['spaces in a closed tag', (n) => `<a ${' '.repeat(n)}></a ${' '.repeat(n)}>`],
		['open instructions', (n) => '<?'.repeat(n)],
		['instructions', (n) => `${'<?a?>'.repeat(n)}<a/>`],
		['unclosed comments', (n) => '<!--'.repeat(n)],
		['attributes', (n) => `<a${' b="c"'.repeat(n)}/>`],
		['open attributes', (n) => `<a${' b="c"'.repeat(n)}`],
		['ampersands', (n) => `<a>${'&#'.repeat(n)}</a>`],
		['entities', (n) => `<a>${'&amp;'.repeat(n)}</a>`],
		['deep elements', (n) => '<a>'.repeat(n)],
		['unclosed elements', (n) => `<a>${'<b>'.repeat(n)}</a>`],
		['elements closed by another', (n) => `<a>${'<b></c>'.repeat(n)}</a>`],
		['elements in a row', (n) => `<a>${'<b></b>'.repeat(n)}</a>`],
		['elements in their like', (n) => `${'<a>'.repeat(8)}${'<b><c></c></b>'.repeat(n)}`],
		['closings', (n) => `<a>${'</b>'.repeat(n)}`],
		['texts', (n) => `<a>${'x<b/>'.repeat(n)}</a>`],
	])('many %s', (_, textOf) => {
		const text = new CountedText(textOf(100_000));
		try {
			// A String object does all that the reader asks of a string.
			parseXml(text as unknown as string);
		} catch (error) {
			expect(error).toBeInstanceOf(SyntaxError);
		}
		expect(text.looked).toBeGreaterThan(0);
		expect(text.looked).toBeLessThanOrEqual(2 * text.length);
	});
});

test('a page of 10,000 parts is read', () => {
	const root = parseXml(`<R>${'<Part><ETag>"A"</ETag></Part>'.repeat(10_000)}</R>`);
	expect(root.children).toHaveLength(10_000);
});
