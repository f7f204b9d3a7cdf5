import { readdir } from 'node:fs/promises';

/**
 * Loads what the client and the core load when they need it. That reads files, which passes no port, so that the stage
 * would not wait for it; what is loaded already comes within the same turn.
 */
export async function loadChunks(): Promise<void> {
	for (const name of await namesIn('core')) await import(`../../src/core/${name}.ts`);
	for (const name of await namesIn('oss')) await import(`../../src/oss/${name}.ts`);
}

async function namesIn(folder: 'core' | 'oss'): Promise<string[]> {
	const files = await readdir(new URL(`../../src/${folder}/`, import.meta.url));
	return files.map((file) => file.replace(/\.ts$/, ''));
}
