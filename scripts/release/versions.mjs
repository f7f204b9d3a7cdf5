const HEADING = /^## \[([^\]]+)\](?: - (.*))?$/gm;

/**
 * What does not fit to the version that package.json names.
 *
 * @param {{ version: string, lock: { version?: string, packages?: Record<string, { version?: string }> },
 *   changelog: string, readme: string, today: string }} texts `today` as in 2026-01-31
 * @returns {string[]} a line for each problem
 */
export function versionProblems({ version, lock, changelog, readme, today }) {
	return [
		...lockProblems(version, lock),
		...changelogProblems(version, changelog, today),
		...readmeProblems(version, readme),
	];
}

const lockProblems = (version, { version: own, packages }) =>
	[own, packages?.['']?.version]
		.filter((each) => each !== version)
		.map((each) => `package-lock.json says ${each}, and package.json ${version}: run npm install`);

function changelogProblems(version, changelog, today) {
	const [latest] = changelog.matchAll(HEADING);
	if (!latest) return ['CHANGELOG.md has no version'];
	const [, name, date = ''] = latest;
	const problems = [];
	if (name !== version) problems.push(`CHANGELOG.md begins with ${name}, and package.json says ${version}`);
	if (!isDay(date)) problems.push(`CHANGELOG.md gives ${name} no date, but "${date}": write ${today}`);
	else if (date > today) problems.push(`CHANGELOG.md gives ${name} a day that is still to come: ${date}`);
	return problems;
}

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

function readmeProblems(version, readme) {
	const problems = [];
	for (const [, named] of readme.matchAll(/oss-resumable-upload@(\d[\w.-]*)/g))
		if (named !== version) problems.push(`README.md installs ${named}, and package.json says ${version}`);
	for (const [words] of readme.matchAll(/\b(unreleased|not (yet )?released)\b/gi))
		problems.push(`README.md says "${words}"`);
	const minor = version.split('.').slice(0, 2).join('.');
	for (const [section, from] of readme.matchAll(/^## Moving from (\d+\.\d+)$.*?(?=^## |$(?![\s\S]))/gms))
		if (!new RegExp(`\\b${minor.replace('.', '\\.')}\\b`).test(section))
			problems.push(`README.md tells how to move from ${from}, and nothing of ${minor}`);
	return problems;
}
