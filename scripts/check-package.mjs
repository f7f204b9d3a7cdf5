// What is shipped: its size on a page, and that its package is sound.

import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ownSizes } from './bundle-size.mjs';

/** Gzipped bytes: all that a page loads with defaults, dynamic imports of that path counted; the worker apart. */
const KB = 1024;
const LIMITS = { page: 22 * KB, worker: 8 * KB };

const root = fileURLToPath(new URL('../', import.meta.url));

async function checkSizes() {
	const sizes = Object.entries(await ownSizes());
	for (const [name, bytes] of sizes) console.log(`${name}: ${bytes} bytes gzipped of ${LIMITS[name]}`);
	return sizes.every(([name, bytes]) => bytes <= LIMITS[name]);
}

async function checkManifest() {
	const { messages, pkg } = await publint({ pkgDir: root, strict: true });
	for (const message of messages) console.log(formatMessage(message, pkg));
	return messages.length === 0;
}

const results = [await checkSizes(), await checkManifest()];
process.exitCode = results.every(Boolean) ? 0 : 1;
