// What is shipped: its size on a page, and that its package is sound.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { rolldown } from 'rolldown';
import { minify } from 'terser';

const KB = 1024;
/** Gzipped bytes: all that a page loads with defaults, dynamic imports of that path counted; the worker apart. */
const PAGE_LIMIT = 22 * KB;
const WORKER_LIMIT = 8 * KB;

const root = fileURLToPath(new URL('../', import.meta.url));

const PAGE = 'page.js';

/** The minified chunks of an entry: a file, or an app that imports nothing but `createUploader`. */
async function bundle(input) {
	const build = await rolldown({
		input,
		platform: 'browser',
		cwd: root,
		logLevel: 'silent',
		plugins: [
			{
				name: 'page',
				resolveId: (id) => (id === PAGE ? id : undefined),
				load: (id) =>
					id === PAGE
						? `import { createUploader } from '${root}dist/index.js'; globalThis.upload = createUploader;`
						: undefined,
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

const gzipped = (code) => gzipSync(code, { level: 9 }).length;

/** The entry and what it imports statically: what is imported dynamically is loaded only where it is named below. */
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

async function checkSizes() {
	const page = await bundle(PAGE);
	const worker = await bundle(`${root}dist/hash.worker.js`);
	const sizes = [
		['page', loaded(page), PAGE_LIMIT],
		['worker', loaded(worker), WORKER_LIMIT],
	];
	let isWithin = true;
	for (const [name, chunks, limit] of sizes) {
		const bytes = chunks.reduce((sum, { code }) => sum + gzipped(code), 0);
		console.log(`${name}: ${bytes} bytes gzipped of ${limit}`);
		if (bytes > limit) isWithin = false;
	}
	return isWithin;
}

async function checkManifest() {
	const { messages, pkg } = await publint({ pkgDir: root, strict: true });
	for (const message of messages) console.log(formatMessage(message, pkg));
	return messages.length === 0;
}

const results = [await checkSizes(), await checkManifest()];
process.exitCode = results.every(Boolean) ? 0 : 1;
