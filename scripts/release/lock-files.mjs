/** Files that say from where packages come. */
export const isLockFile = (path) =>
	/(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|\.npmrc)$/.test(path);

/**
 * Places that such a file names: a registry, which is the one of whoever wrote it, or a folder of that machine.
 *
 * @param {string} path
 * @param {string} text
 * @returns {string[]} a line for each problem
 */
export function lockFileProblems(path, text) {
	const found = path.endsWith('package-lock.json') || path.endsWith('npm-shrinkwrap.json') ? inJson : inText;
	return found(text).map((place) => `${path} names ${place}`);
}

/** Links to people who want money are no places that packages come from. */
const inJson = (text) =>
	Object.entries(JSON.parse(text).packages ?? {}).flatMap(([name, { resolved, link }]) =>
		resolved !== undefined && !isOwnFolder(resolved, link)
			? [`${withoutPassword(resolved)} for ${name}`]
			: [],
	);

/** A folder of the project itself, which a workspace links to. */
const isOwnFolder = (resolved, link) => link === true && !/^(\/|\.\.|\w+:)/.test(resolved);

const inText = (text) =>
	[...text.matchAll(/(?:registry|resolved|tarball)\b[^\n]*?(\w+:\/\/[^\s"',}]+)/g)].map(([, place]) =>
		withoutPassword(place),
	);

const withoutPassword = (place) => place.replace(/\/\/[^/@]*@/, '//');
