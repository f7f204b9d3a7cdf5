import { expect, test } from 'vitest';

interface Texts {
	readonly manifest: object;
	readonly lock: { readonly packages: Readonly<Record<string, object>> };
	readonly own: string | undefined;
	readonly bundled: string | undefined;
}

const { licenceProblems }: { licenceProblems(texts: Texts): readonly string[] } = await import(
	new URL('../../../scripts/release/licences.mjs', import.meta.url).href
);

const RULE = '-'.repeat(80);
const bundledUnder = (licence: string): string => `${RULE}\nspark-md5 3.0.2, ${licence}\n${RULE}\n\nText\n`;
const SOUND: Texts = {
	manifest: { license: 'MIT' },
	lock: {
		packages: {
			'': {},
			'node_modules/idb': { license: 'ISC' },
			'node_modules/x': { license: 'GPL-3.0', dev: true },
		},
	},
	own: 'MIT License\n\nCopyright',
	bundled: bundledUnder('(WTFPL OR MIT)'),
};

test('what is passed on under permissive licences, and what only builds it, is no problem', () => {
	expect(licenceProblems(SOUND)).toEqual([]);
});

test.each<[string, Partial<Texts>, RegExp]>([
	['another licence in the tarball', { own: 'Apache License' }, /LICENSE of the tarball is not/],
	['none', { own: undefined }, /LICENSE of the tarball is not/],
	[
		'a dependency that binds',
		{ lock: { packages: { 'node_modules/y': { license: 'GPL-3.0-only' } } } },
		/node_modules\/y comes with the package, under GPL-3\.0-only/,
	],
	['one without any', { lock: { packages: { 'node_modules/y': {} } } }, /under undefined/],
	[
		'a bundled one that binds',
		{ bundled: bundledUnder('LGPL-2.1') },
		/spark-md5 3\.0\.2 is bundled, under LGPL/,
	],
	['no texts of bundled ones', { bundled: undefined }, /names no package/],
])('%s is a problem', (_, change, problem) => {
	const problems = licenceProblems({ ...SOUND, ...change });
	expect(problems).toEqual([expect.stringMatching(problem)]);
});
