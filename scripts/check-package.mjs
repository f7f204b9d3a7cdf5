// What is shipped: its sizes, each with its own line, and that its package is sound.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { entrySizes, fileSize, sizesBeyond } from './bundle-size.mjs';
import { lintPackage } from './lint-package.mjs';

/** A KB is 1,024 bytes, here as in the README. */
const KB = 1024;

/** What an app takes of a framework's entry; each other element is a line. */
const BOUND = 'useUploader, useUploads, useTask, OssUpload';

/**
 * Of each entry of package.json, minified by what Vite uses by default, and gzipped: all that a default upload and
 * resume loads, its framework left out; with `beyond`, what comes on top of that entry. Without `uses` it is imported for what it does. `warn` leaves room for the next word that an error message needs.
 */
const ENTRIES = {
	// 30 is what it should be: checks, words, the line and the snapshots have outgrown it.
	'.': { file: './dist/index.js', uses: 'createUploader', limit: 49 * KB, warn: 48.5 * KB },
	'./sign': { file: './dist/sign.js', uses: 'createSigner', limit: 5.4 * KB },
	'./diagnose': { file: './dist/diagnose.js', uses: 'diagnose', beyond: '.', limit: 5 * KB },
	'./element': { file: './dist/element.js', beyond: '.', limit: 20 * KB, warn: 19 * KB },
	'./react': { file: './dist/react.js', uses: BOUND, beyond: '.', limit: 1 * KB },
	'./vue': { file: './dist/vue.js', uses: BOUND, beyond: '.', limit: 1 * KB },
};

/** Chunks that a default upload or resume loads count to their entry. */
const LOADED_BY_DEFAULT = [];

/** Of each other chunk, which is loaded where it is needed. */
const LAZY_LIMIT = 3 * KB;

/** As shipped: not every bundler of an app makes them smaller. */
const SHIPPED = {
	'./hash.worker.js': { file: 'dist/hash.worker.js', limit: 8 * KB },
	'./standalone.js': { file: 'dist/standalone.js', limit: 73 * KB },
};

/** For tests on a machine of one's own: no page loads it, and nobody waits for it. */
const UNWEIGHED = ['./emulator'];

/** The worker once more, for where its file is not found; V1 on a server, which no page loads; a diagnosis's words. */
const LARGER = {
	'inline-worker': SHIPPED['./hash.worker.js'].limit,
	'sign-signer-v1': 4 * KB,
	words: 5 * KB,
};

const root = fileURLToPath(new URL('../', import.meta.url));

/** Whether it is within its limit, which it says. */
function say(name, bytes, limit, warn = limit) {
	const verdict =
		bytes > limit ? '  TOO LARGE' : bytes > warn ? `  beyond ${warn / KB} KB: little room left` : '';
	console.log(`${name.padEnd(28)}${(bytes / KB).toFixed(2).padStart(6)} KB of ${limit / KB}${verdict}`);
	return bytes <= limit;
}

async function checkEntry(name, entry) {
	const { file, uses, beyond, limit, warn } = entry;
	const { bytes, lazy } = await (beyond ? sizesBeyond(entry, ENTRIES[beyond]) : entrySizes(file, uses));
	const byDefault = lazy.filter((chunk) => LOADED_BY_DEFAULT.includes(chunk.name));
	const total = byDefault.reduce((sum, chunk) => sum + chunk.bytes, bytes);
	const others = lazy.filter((chunk) => !byDefault.includes(chunk));
	return [
		say(name, total, limit, warn),
		...others.map((chunk) => say(`  lazy ${chunk.name}`, chunk.bytes, LARGER[chunk.name] ?? LAZY_LIMIT)),
	].every(Boolean);
}

async function checkSizes() {
	const results = [];
	const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
	for (const name of Object.keys(exports)) {
		if (ENTRIES[name]) results.push(await checkEntry(name, ENTRIES[name]));
		else if (SHIPPED[name]) results.push(say(name, fileSize(SHIPPED[name].file), SHIPPED[name].limit));
		else if (!name.endsWith('.json') && !UNWEIGHED.includes(name))
			throw new Error(`The entry ${name} has no size limit: give it one.`);
	}
	return results.every(Boolean);
}

async function checkPacked() {
	const problems = await lintPackage(root);
	for (const problem of problems) console.log(problem);
	if (problems.length === 0) console.log('publint and attw (esm-only) find nothing');
	return problems.length === 0;
}

try {
	const results = [await checkSizes(), await checkPacked()];
	process.exitCode = results.every(Boolean) ? 0 : 1;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
