// What a page loads: bundled, minified and gzipped as an app would be.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minify } from 'terser';

const root = fileURLToPath(new URL('../', import.meta.url));
const PAGE = 'page.js';

/** The minified chunks of an entry: a file, or, named `page.js`, an app of this source. */
async function bundle(input, source) {
	const build = await rolldown({
		input,
		platform: 'browser',
		cwd: root,
		logLevel: 'silent',
		plugins: [
			{
				name: 'page',
				// It lies in the project's folder, so that it finds what is installed there.
				resolveId: (id) => (id === PAGE ? `${root}${PAGE}` : undefined),
				load: (id) => (id === `${root}${PAGE}` ? source : undefined),
			},
		],
	});
	const { output } = await build.generate({ format: 'es', minify: true });
	const chunks = output.filter(({ type }) => type === 'chunk');
	// As webpack and Vite's `minify: 'terser'` do it.
	const options = { module: true, compress: { passes: 3 } };
	return Promise.all(
		chunks.map(async (chunk) => ({ ...chunk, code: (await minify(chunk.code, options)).code })),
	);
}

/** The entry and what it imports statically: what is imported dynamically is loaded only where it is needed. */
function loaded(chunks) {
	const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
	const names = new Set();
	const add = (name) => {
		if (names.has(name) || !byName.has(name)) return;
		names.add(name);
		for (const other of byName.get(name).imports) add(other);
	};
	for (const chunk of chunks) if (chunk.isEntry) add(chunk.fileName);
	return [...names].map((name) => byName.get(name));
}

const gzipped = (chunks) =>
	loaded(chunks).reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);

/** Gzipped bytes of an app of this source. */
export const appSize = async (source) => gzipped(await bundle(PAGE, source));

/** Gzipped bytes of the built library: what an app loads that imports nothing but `createUploader`, and its worker. */
export async function ownSizes() {
	const source = `import { createUploader } from '${root}dist/index.js'; globalThis.upload = createUploader;`;
	return { page: await appSize(source), worker: gzipped(await bundle(`${root}dist/hash.worker.js`)) };
}
