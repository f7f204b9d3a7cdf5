import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders of people's machines, which no file that is shipped has reason to name. */
const FOLDERS = /(?<![\w.~-])(?:\/home\/|\/Users\/|[A-Z]:\\Users\\)\w+|\bfile:\/\/\/\w/;

const KINDS = ['dependencies', 'peerDependencies', 'optionalDependencies'];

/**
 * What of an unpacked tarball only works, or only makes sense, on the machine where it was packed.
 *
 * @param {string} directory
 * @param {readonly string[]} folders of this machine
 * @returns {string[]} a line for each problem
 */
export function packedProblems(directory, folders = [homedir()]) {
	const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
	const local = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}))
		.filter(([, range]) => /^(file|link|workspace|portal|https?|git\S*):|^[./~]/.test(range))
		.map(([name, range]) => `package.json asks for ${name} at ${range}`);
	// A root as somebody's home is in every path.
	const own = folders.filter((folder) => folder.split(/[\\/]/).filter(Boolean).length > 0);
	const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
		file.isFile(),
	);
	const named = files.flatMap(({ parentPath, name }) => {
		const path = join(parentPath, name);
		const text = readFileSync(path, 'utf8');
		const found = own.find((folder) => text.includes(`${folder}/`)) ?? FOLDERS.exec(text)?.[0];
		return found ? [`${path.slice(directory.length + 1)} names ${found}`] : [];
	});
	return [...local, ...named];
}
