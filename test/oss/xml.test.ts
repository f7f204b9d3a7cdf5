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
		['an element within its like, which OSS never writes', '<a><a></a></a>'],
	])('%s', (_, text) => {
		expect(() => parseXml(text)).toThrow(SyntaxError);
	});
});

test('an error repeats nothing of the text', () => {
	expect(() => parseXml('<a>SECRET</b>')).toThrow(/^(?!.*SECRET)/);
});

test.each([
	['open tags', '<a '.repeat(100_000)],
	['spaces in a tag', `<a ${' '.repeat(1_000_000)}`],
	['unclosed comments', '<!--'.repeat(200_000)],
	['open attributes', `<a${' b="c"'.repeat(100_000)}`],
	['ampersands', `<a>${'&#'.repeat(200_000)}</a>`],
	['deep elements', '<a>'.repeat(300_000)],
	['unclosed elements', `<a>${'<b>'.repeat(300_000)}</a>`],
	['elements closed by another', `<a>${'<b></c>'.repeat(200_000)}</a>`],
])('a hostile answer of many %s is refused at once', (_, text) => {
	const start = performance.now();
	expect(() => parseXml(text)).toThrow(SyntaxError);
	expect(performance.now() - start).toBeLessThan(1000);
});
