import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = fileURLToPath(new URL('./', import.meta.url));

/** What tests say that are named as in README.md: those of a file, or of all in a folder. Throws where there are none. */
export function textOfTests(name: string): string {
	const path = ['.test.ts', '.ts', ''].map((ending) => join(tests, name + ending)).find(existsSync);
	if (path === undefined)
		throw new Error(`test/README.md names ${name}, which is no file and no folder of tests`);
	if (statSync(path).isFile()) return readFileSync(path, 'utf8');
	const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) =>
		file.endsWith('.test.ts'),
	);
	if (files.length === 0) throw new Error(`test/README.md names ${name}, a folder without tests`);
	return files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n');
}
