import { describe, expect, test } from 'vitest';
import { strings as simplified } from '../../../src/element/words/chinese-simplified.js';
import { strings as traditional } from '../../../src/element/words/chinese-traditional.js';
import { english } from '../../../src/element/words/english.js';
import { strings as japanese } from '../../../src/element/words/japanese.js';
import { stringsOf } from '../../../src/element/words/languages.js';
import type { Phrase, StringName, Strings } from '../../../src/element/words/strings.js';
import { Words } from '../../../src/element/words/words.js';

const formsOf = (phrase: Phrase): readonly string[] =>
	typeof phrase === 'string' ? [phrase] : Object.values(phrase);
const holesOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each<[string, Strings]>([
	['zh-Hans', simplified],
	['zh-Hant', traditional],
	['ja', japanese],
])('%s', (_, strings) => {
	test('has every sentence, and no other', () => {
		expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort());
	});

	test.each(Object.keys(english) as StringName[])('%s has the holes of the English one', (name) => {
		const [wanted = ''] = formsOf(english[name]).slice(-1);
		for (const form of formsOf(strings[name])) {
			expect(form.trim()).not.toBe('');
			expect(holesOf(form)).toEqual(holesOf(wanted));
		}
	});
});

test.each([
	['en', english],
	['fr', english],
	['zh', simplified],
	['zh-CN', simplified],
	['zh-Hans-HK', simplified],
	['zh-TW', traditional],
	['zh-Hant', traditional],
	['zh-HK', traditional],
	['ja-JP', japanese],
	['', english],
])('a page in %j has its words', async (lang, strings) => {
	expect(await stringsOf(lang)).toBe(strings);
});

test('English needs no waiting', () => {
	expect(stringsOf('en')).toBe(english);
});

describe('numbers', () => {
	const words = new Words('en', english);

	test('are counted in the plural of the language', () => {
		expect(words.say('interrupted', { count: 1 })).toBe('1 interrupted upload');
		expect(words.say('interrupted', { count: 1234 })).toBe('1,234 interrupted uploads');
		const russian = { ...english, parts: { one: '{count} a', few: '{count} b', other: '{count} c' } };
		expect([1, 3, 5].map((count) => new Words('ru', russian).say('parts', { count }))).toEqual([
			'1 a',
			'3 b',
			'5 c',
		]);
	});

	test.each([
		[0, '0 bytes'],
		[1, '1 byte'],
		[1023, '1,023 bytes'],
		[1024, '1.0 kB'],
		[999.9 * 1024, '999.9 kB'],
		[999.95 * 1024, '1.0 MB'],
		[1008 * 1024, '1.0 MB'],
		[64 * 1024 ** 2, '64.0 MB'],
		[1.5 * 1024 ** 4, '1.5 TB'],
	])('%i bytes are %s', (bytes, text) => {
		expect(words.size(bytes)).toBe(text);
	});

	test.each([
		[400, '1 sec'],
		[59_000, '59 sec'],
		[200_000, '3 min 20 sec'],
		[7_500_000, '2 hr 5 min'],
	])('%i ms are %s', (ms, text) => {
		expect(words.duration(ms)).toBe(text);
	});

	test.each([
		[0, 'now'],
		[61_000, '1 minute ago'],
		[3 * 3_600_000, '3 hours ago'],
		[86_400_000, 'yesterday'],
	])('%i ms ago is %s', (ms, text) => {
		expect(words.ago(ms)).toBe(text);
	});

	test('100 % is said of nothing unfinished', () => {
		expect(words.percent(999, 1000)).toBe('99%');
		expect(words.percent(0, 0)).toBe('0%');
	});

	test('are those of the language, and of English where the tag is none', () => {
		expect(new Words('ja', japanese).number(10_000)).toBe('10,000');
		expect(new Words('de', english, { parts: '{count} Teile' }).say('parts', { count: 10_000 })).toBe(
			'10.000 Teile',
		);
		expect(new Words('not a tag', english).lang).toBe('en');
	});
});

test('English of a page in a language that there is not is counted and written as English', () => {
	const words = new Words('ru', english);
	expect(words.say('finished', { done: 21, count: 21 })).toBe('21 of 21 files uploaded');
	expect(words.size(1.5 * 1024)).toBe('1.5 kB');
	expect([words.lang, words.isFallback]).toEqual(['en', true]);
	expect(new Words('en-GB', english)).toMatchObject({ lang: 'en-GB', isFallback: false });
	expect(new Words('ja', japanese).isFallback).toBe(false);
});

describe('in a page of a language that there is not', () => {
	const parts = {
		one: '{count} часть',
		few: '{count} части',
		many: '{count} частей',
		other: '{count} части',
	};

	test('each sentence is counted in its own, and what stands alone is English where most of them are', () => {
		const words = new Words('ru', english, { parts });
		expect(words.say('finished', { done: 21, count: 21 })).toBe('21 of 21 files uploaded');
		expect(words.say('finished', { done: 0, count: 10_000 })).toBe('0 of 10,000 files uploaded');
		expect([1, 3, 5].map((count) => words.say('parts', { count }))).toEqual([
			'1 часть',
			'3 части',
			'5 частей',
		]);
		expect(words.size(1.5 * 1024)).toBe('1.5 kB');
		expect([words.lang, words.isFallback]).toEqual(['en', true]);
	});

	test('what stands alone is as the words of the app are, where all of them are, or all but some new ones', () => {
		const { finished: _, ...most } = { ...english, parts };
		for (const own of [{ ...english, parts }, most]) {
			const words = new Words('ru', english, own);
			expect(words.size(1.5 * 1024)).toMatch(/^1,5/);
			expect([words.lang, words.isFallback]).toEqual(['ru', false]);
		}
		expect(new Words('ru', english, most).say('finished', { done: 21, count: 21 })).toBe(
			'21 of 21 files uploaded',
		);
	});
});

test('what nobody filled in stays as it stands there', () => {
	expect(new Words('en', english).say('saysPaused')).toBe('{name}: paused');
});
