import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Texts {
	readonly version: string;
	readonly lock: object;
	readonly changelog: string;
	readonly readme: string;
	readonly today: string;
}

const { versionProblems }: { versionProblems(texts: Texts): readonly string[] } = await import(
	new URL('../../../scripts/release/versions.mjs', import.meta.url).href
);

const lockOf = (version: string): object => ({ version, packages: { '': { version } } });
const SOUND: Texts = {
	version: '0.2.0',
	lock: lockOf('0.2.0'),
	changelog: '# Changelog\n\n## [0.2.0] - 2026-11-26\n\n- More.\n\n## [0.1.0] - 2026-11-25\n',
	readme:
		'npm install oss-resumable-upload@0.2.0\n\n## Moving from 0.1\n\nIn 0.2 all is new.\n\n## Licence\n',
	today: '2026-11-26',
};

test('a version that all agree on has no problem', () => {
	expect(versionProblems(SOUND)).toEqual([]);
});

const changelog = (heading: string): Partial<Texts> => ({ changelog: `# Changelog\n\n${heading}\n` });

test.each<[string, Partial<Texts>, RegExp]>([
	['a lock file of another version', { lock: lockOf('0.1.0') }, /package-lock\.json says 0\.1\.0/],
	['a changelog of another version', changelog('## [0.1.0] - 2026-11-25'), /begins with 0\.1\.0/],
	['a version without its day', changelog('## [0.2.0] - Unreleased'), /no date.*write 2026-11-26/],
	['a version without anything', changelog('## [0.2.0]'), /no date/],
	['no day of any calendar', changelog('## [0.2.0] - 2026-13-01'), /no date/],
	['a day that is still to come', changelog('## [0.2.0] - 2026-11-27'), /still to come/],
	['what comes after the version', changelog('## [Unreleased]\n\n## [0.2.0] - 2026-11-26'), /Unreleased/],
	['no version at all', changelog(''), /no version/],
	['a README that installs another', { readme: 'npm i oss-resumable-upload@0.1.9' }, /installs 0\.1\.9/],
	['a README that says so', { readme: 'This is not yet released.' }, /not yet released/],
	[
		'a README that tells how to move to another',
		{ readme: '## Moving from 0.1\n\nTo 0.3.\n\n## 0.2\n' },
		/from 0\.1, and nothing of 0\.2/,
	],
])('%s is a problem', (_, change, problem) => {
	const problems = versionProblems({ ...SOUND, ...change });
	expect(problems.join('\n')).toMatch(problem);
});

test('of what is here, the day of the release alone may be missing', () => {
	const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
	const { version } = JSON.parse(read('package.json'));
	const problems = versionProblems({
		version,
		lock: JSON.parse(read('package-lock.json')),
		changelog: read('CHANGELOG.md'),
		readme: read('README.md'),
		today: '9999-12-31',
	});
	expect(problems.filter((problem) => !problem.includes('no date, but "Unreleased"'))).toEqual([]);
});
