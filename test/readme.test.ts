import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compileExamples } from './compiled-examples.js';
import { survivalsIn } from './engines/survivals.js';
import { namesIn, readMarkdown, rowsOf } from './markdown.js';
import { wordsOf } from './source-names.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = readMarkdown(textOf('README.md'));

/** Pages and pictures come with the site, which has folders of its own. */
const isMadeHere = (file: string): boolean =>
	(existsSync(join(root, 'docs/.vitepress')) || !/^docs\/(start\/|guide\/set-ups)/.test(file)) &&
	(existsSync(join(root, 'docs/screens')) || !file.startsWith('docs/screens/'));

test('examples are type-checked against the source', { timeout: 60_000 }, async () => {
	const examples = ['ts', 'tsx'].flatMap((language) =>
		readme.examples(language).map((code, index) => ({ file: `example-${index + 1}.${language}`, code })),
	);
	expect(examples.length).toBeGreaterThan(4);
	expect(await compileExamples(examples)).toBe('');
});

test('Errors: each code, and no other', () => {
	const codes = namesIn(readme.section('Errors'), 'code').flatMap((cell) => cell.split(', '));
	expect(codes.sort()).toEqual([...wordsOf('base/errors.ts', 'UploadErrorCode')].sort());
});

describe('numbers are those that were measured', () => {
	test('how much a page loads', () => {
		const limits = [...textOf('scripts/check-package.mjs').matchAll(/limit: (\d+) \* KB/g)].map(
			([, kb]) => kb,
		);
		expect(limits.length).toBeGreaterThan(2);
		const text = readme.section('What it costs');
		expect([...text.matchAll(/under (\d+) KB/g)].map(([, kb]) => kb)).toEqual(limits);
	});

	test('how fast it was, are those that were measured', () => {
		const results = readMarkdown(textOf('bench/results.md'));
		const measured = new Map(
			rowsOf(results.section('Figures to reach'), 'figure').map(([figure, , value]) => [figure, value]),
		);
		const written = rowsOf(readme.section('What it costs'), 'figure');
		expect(written.length).toBeGreaterThan(3);
		for (const [figure, value] of written) expect([figure, value]).toEqual([figure, measured.get(figure)]);
		const rates = new Map(
			rowsOf(results.section('(a) 1,024 MiB on loopback'), 'candidate').map(([name, , rate]) => [name, rate]),
		);
		const sentence = `${rates.get('ours, md5 (auto)')} MiB/s in that run, where \`'crc64'\` made ${rates.get('ours, crc64 (auto)')}.`;
		expect(readme.section('What it costs').replaceAll('\n', ' ')).toContain(sentence);
	});
});

describe('what stands beside others was measured with them', () => {
	const results = readMarkdown(textOf('bench/results.md'));
	const beside = new Map(
		rowsOf(readme.section('Against others'), 'measured').map(([what = '', ...cells]) => [what, cells]),
	);

	/** A column of a table, of these candidates. */
	const measured = (heading: string, column: number, candidates: readonly string[]): readonly string[] => {
		const rows = rowsOf(results.section(heading), 'candidate');
		return candidates.map((name) => rows.find(([each]) => each === name)?.[column] ?? `no ${name}`);
	};
	const LARGE = ['ours, crc64 (auto)', 'ali-oss (1 MiB)', 'Uppy aws-s3 (5 MiB)'];
	const SMALL = ['ours, XHR, crc64', 'ali-oss put', 'Uppy aws-s3, no parts'];
	const KILLED = ['ours, crc64', 'ali-oss', 'Uppy aws-s3'];

	test.each([
		['sent twice after a kill, of 256 MiB', '(g) Killed half-way through 256 MiB', 1, KILLED, 'MiB'],
		['1 GiB on loopback, defaults', '(a) 1,024 MiB on loopback', 2, LARGE, 'MiB/s'],
		["page's heap in 1 GiB", '(a) 1,024 MiB on loopback', 6, LARGE, 'MiB'],
		['200 files of 1 MiB', '(j) 200 files of 1 MiB', 2, SMALL, 'a second'],
		['1,000 files of 20 KiB', '(i) 1,000 files of 20 KiB', 2, SMALL, 'a second'],
	] as const)('%s', (what, heading, column, candidates, unit) => {
		expect(beside.get(what)).toEqual(
			measured(heading, column, candidates).map((value) => `${value} ${unit}`),
		);
	});

	test('what each loads', () => {
		const bytes = new Map(rowsOf(results.section('(f) Sizes'), '').map(([name, cell]) => [name, cell]));
		const kb = (name: string) => `${Math.round(Number(bytes.get(name)?.replace(',', '')) / 1024)} KB`;
		expect(beside.get('loads, gzipped')?.slice(1)).toEqual([kb('ali-oss'), kb('Uppy core + aws-s3')]);
	});
});

describe('links', () => {
	test('README.md names what else is to be read, without links that its package page cannot follow', () => {
		for (const file of ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/results.md']) {
			expect(textOf('README.md')).toContain(`\`${file}\``);
			expect(existsSync(join(root, file))).toBe(true);
		}
	});

	test('what README.md names and shows of docs is there', () => {
		const text = textOf('README.md');
		const named = [...text.matchAll(/`(docs\/[\w/.-]+)`/g)].map(([, file = '']) => file);
		const shown = [...text.matchAll(/src="([^"]+)"/g)].map(([, file = '']) => file);
		expect(named.length).toBeGreaterThan(10);
		expect(shown).not.toEqual([]);
		const missing = [...named, ...shown].filter((file) => !existsSync(join(root, file)));
		expect(missing.filter((file) => isMadeHere(file))).toEqual([]);
	});

	test.each(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
		'of %s lead somewhere',
		(file) => {
			const { links } = readMarkdown(textOf(file));
			expect(links).not.toEqual([]);
			const broken = links.filter((link) => {
				const [target = '', anchor] = link.split('#');
				if (target && !existsSync(join(root, target))) return true;
				return anchor !== undefined && !readMarkdown(textOf(target || file)).anchors.includes(anchor);
			});
			expect(broken).toEqual([]);
		},
	);
});

test('what survives is what the documents say, as the tests saw it', () => {
	const [here, there] = ['README.md', 'docs/guide/what-survives.md'].map((file) => survivalsIn(textOf(file)));
	expect(here).toContain('goes on from the copy');
	expect(here).toBe(there);
});
