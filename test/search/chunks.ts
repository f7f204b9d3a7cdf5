import { readdir } from 'node:fs/promises';

/**
 * Loads what the client and the core load when they need it. That reads files, which passes no port, so that the stage
 * would not wait for it; what is loaded already comes within the same turn.
 */
export async function loadChunks(): Promise<void> {
	for (const folder of ['core', 'oss']) {
		const root = new URL(`../../src/${folder}/`, import.meta.url);
		for (const file of await readdir(root, { recursive: true })) {
			if (file.endsWith('.ts')) await import(/* @vite-ignore */ new URL(file, root).href);
		}
	}
}
