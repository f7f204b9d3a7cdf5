// What the built files hold of other packages: their licences go with them, and their sources stay out of the source maps.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';

const INTRO = 'Files of this folder hold parts of these packages.\n\n';
const RULE = `${'-'.repeat(80)}\n`;

/** @param {string} path of a source, or the id of a module */
export const isThirdParty = (path) => path.includes('node_modules/');

/**
 * Plugins of a build that share what they find: `ofWorker` looks into a worker's bundle, `ofPage` into the page's, and
 * writes down what was found in both, beside what an earlier build of the same folder has written.
 */
export function thirdParty() {
	/** By the folder of the package. */
	const found = new Set();
	const generateBundle = (_, bundle) => {
		for (const file of Object.values(bundle)) {
			if (file.type !== 'chunk') continue;
			for (const [id, { renderedLength }] of Object.entries(file.modules))
				if (renderedLength > 0 && isThirdParty(id)) found.add(packageFolder(id));
		}
	};
	return {
		ofWorker: { name: 'third-party-in-worker', generateBundle },
		ofPage: {
			name: 'third-party',
			generateBundle,
			writeBundle({ dir }, bundle) {
				writeLicenses(join(dir, LICENSES_FILE), [...found].map(sectionOf));
				for (const name of Object.keys(bundle)) if (name.endsWith('.map')) trimMap(join(dir, name));
			},
		},
	};
}

/** The innermost one: packages may lie in each other. */
const packageFolder = (id) => id.replaceAll('\\', '/').match(/^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//)[1];

/** @returns {[title: string, text: string]} */
function sectionOf(folder) {
	const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
	if (files.length === 0) throw new Error(`${name} comes without the text of its licence`);
	const texts = files.sort().map((file) => `${readFileSync(join(folder, file), 'utf8').trimEnd()}\n`);
	return [`${name} ${version}, ${license}\n`, texts.join('\n')];
}

function writeLicenses(path, sections) {
	const all = new Map([...(existsSync(path) ? readSections(readFileSync(path, 'utf8')) : []), ...sections]);
	const texts = [...all].sort().map(([title, text]) => `${RULE}${title}${RULE}\n${text}\n`);
	writeFileSync(path, INTRO + texts.join(''));
}

function readSections(text) {
	const [, ...parts] = text.split(RULE);
	return parts.flatMap((title, at) => (at % 2 === 0 ? [[title, parts[at + 1].slice(1, -1)]] : []));
}

/** Whoever steps through the library wants its own sources, which are shipped nowhere else. */
function trimMap(path) {
	const map = JSON.parse(readFileSync(path, 'utf8'));
	const indices = map.sources.flatMap((source, at) => (isThirdParty(source) ? [at] : []));
	if (indices.length === 0) return;
	map.sourcesContent = map.sourcesContent?.map((content, at) => (indices.includes(at) ? null : content));
	// Debuggers step over these.
	map.ignoreList = indices;
	writeFileSync(path, JSON.stringify(map));
}
