// What a page loads: bundled, minified and gzipped as an app is that Vite builds and nobody told anything.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));

/** It lies in the project's folder, by name only, so that it finds what is installed and built there. */
const PAGE = 'size-of-a-page.js';

/** An app that is written in one has it. */
const FRAMEWORKS = ['react', 'vue'];

const gzipped = (code) => gzipSync(code, { level: 9 }).length;
const sum = (chunks) => chunks.reduce((bytes, { code }) => bytes + gzipped(code), 0);

/** The chunks of an app of this source. */
async function chunksOf(source) {
	const { output } = await build({
		configFile: false,
		root,
		publicDir: false,
		logLevel: 'silent',
		build: {
			write: false,
			reportCompressedSize: false,
			rolldownOptions: { input: PAGE, external: FRAMEWORKS },
		},
		plugins: [
			{
				name: 'page',
				enforce: 'pre',
				resolveId: (id) => (id === PAGE ? join(root, PAGE) : undefined),
				load: (id) => (id.endsWith(PAGE) ? source : undefined),
			},
		],
	});
	return output.filter(({ type }) => type === 'chunk');
}

/** The chunk and what it imports statically, and what these do. */
function closureOf(entry, chunks) {
	const found = new Set();
	const add = (chunk) => {
		if (!chunk || found.has(chunk)) return;
		found.add(chunk);
		for (const name of chunk.imports) add(chunks.find(({ fileName }) => fileName === name));
	};
	add(entry);
	return found;
}

const entryOf = (chunks) => chunks.find(({ isEntry }) => isEntry);

/** Gzipped bytes of what an app of this source loads at once. */
export async function appSize(source) {
	const chunks = await chunksOf(source);
	return sum([...closureOf(entryOf(chunks), chunks)]);
}

/**
 * Gzipped bytes of an app that imports this, and of each chunk that it loads only when it needs it.
 *
 * @param {string} specifier a file of the project, such as `./dist/index.js`
 * @param {string} name what of it the app uses, one name or several with commas between them
 */
export const entrySizes = (specifier, name) => sizesOf(importing({ file: specifier, uses: name }));

/**
 * The same of what an app loads more that imports this beside the other.
 *
 * @typedef {{ file: string, uses?: string }} Entry without `uses` it is imported for what it does
 * @param {Entry} entry
 * @param {Entry} other
 */
export async function sizesBeyond(entry, other) {
	const base = await sizesOf(importing(other));
	const { bytes, lazy } = await sizesOf(importing(other, entry));
	const isNew = ({ name }) => !base.lazy.some((chunk) => chunk.name === name);
	return { bytes: bytes - base.bytes, lazy: lazy.filter(isNew) };
}

const importing = (...entries) =>
	entries
		.map(({ file, uses }) =>
			uses
				? `import { ${uses} } from '${file}'; Object.assign(globalThis, { ${uses} });`
				: `import '${file}';`,
		)
		.join('\n');

async function sizesOf(source) {
	const chunks = await chunksOf(source);
	const page = closureOf(entryOf(chunks), chunks);
	const lazy = chunks.filter((chunk) => !page.has(chunk));
	return {
		bytes: sum([...page]),
		lazy: lazy.map((chunk) => ({ name: chunk.name, bytes: gzipped(chunk.code) })),
	};
}

/** Gzipped bytes of a file as it is shipped. */
export const fileSize = (path) => gzipped(readFileSync(join(root, path)));

/** Gzipped bytes of the built library: what an app loads that imports nothing but `createUploader`, and its worker. */
export async function ownSizes() {
	const { bytes } = await entrySizes('./dist/index.js', 'createUploader');
	return { page: bytes, worker: fileSize('dist/hash.worker.js') };
}
