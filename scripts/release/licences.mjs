/** They ask for their text to be passed on, and for nothing else. */
const PERMISSIVE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

/** One of which can be chosen, such as `(WTFPL OR MIT)`. */
const isPermissive = (licence = '') =>
	licence
		.replace(/[()]/g, '')
		.split(' OR ')
		.some((each) => PERMISSIVE.includes(each));

/**
 * What is not as the licences want it, of the package, of what it installs with it, and of what is bundled into it.
 *
 * @param {{ manifest: { license?: string }, lock: { packages: Record<string, { license?: string, dev?: boolean, devOptional?: boolean }> },
 *   own: string | undefined, bundled: string | undefined }} texts `own`: LICENSE of the tarball; `bundled`: its
 *   dist/THIRD-PARTY-LICENSES.txt
 * @returns {string[]} a line for each problem
 */
export function licenceProblems({ manifest, lock, own, bundled }) {
	const problems = [];
	if (!own?.startsWith(`${manifest.license} License`))
		problems.push(`LICENSE of the tarball is not that of package.json, ${manifest.license}`);
	for (const [path, { license, dev, devOptional }] of Object.entries(lock.packages))
		if (path !== '' && !dev && !devOptional && !isPermissive(license))
			problems.push(`${path} comes with the package, under ${license}`);
	const titles = [...(bundled ?? '').matchAll(/^-{80}\n(\S+ \d\S*), (.*)\n-{80}$/gm)];
	if (titles.length === 0) problems.push('dist/THIRD-PARTY-LICENSES.txt of the tarball names no package');
	for (const [, name, licence] of titles)
		if (!isPermissive(licence)) problems.push(`${name} is bundled, under ${licence}`);
	return problems;
}
