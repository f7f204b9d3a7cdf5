import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LICENSES_FILE } from '../../scripts/third-party.mjs';
import { type ShippedPackage, shipPackage } from './shipped-package.js';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

interface SourceMap {
	readonly sources: readonly string[];
	readonly sourcesContent: readonly (string | null)[];
	readonly ignoreList?: readonly number[];
}

let shipped: ShippedPackage;
let maps: readonly SourceMap[];

beforeAll(async () => {
	shipped = await shipPackage();
	const files = shipped.files.filter((file) => file.endsWith('.map'));
	maps = await Promise.all(files.map(async (file) => JSON.parse(await textOf(file))));
});

afterAll(() => shipped?.remove());

const textOf = (file: string): Promise<string> => readFile(join(shipped.directory, file), 'utf8');

/** By the maps, and not by what the build believes; what stands alone, without one, holds all dependencies too. */
function bundledPackages(): readonly string[] {
	const names = maps
		.flatMap(({ sources }) => sources)
		.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
	const alone = shipped.files.includes('dist/standalone.js')
		? Object.keys(shipped.manifest.dependencies)
		: [];
	return [...new Set([...names, ...alone])].sort();
}

test('the licences of all that is bundled, and of nothing else, are in the package, word for word [D9]', async () => {
	const text = await textOf(`dist/${LICENSES_FILE}`);
	const listed = [...text.matchAll(/^-{80}\n(\S+) \d\S*, .*\n-{80}$/gm)].map(([, name]) => name);
	expect(listed).toEqual(bundledPackages());
	expect(listed).toContain('hash-wasm');
	for (const name of bundledPackages()) {
		const [file = ''] = (await readdir(join(modules, name))).filter((each) => /^licen[cs]e/i.test(each));
		expect(text).toContain((await readFile(join(modules, name, file), 'utf8')).trimEnd());
	}
});

test('source maps hold the sources of the library, which are shipped nowhere else, and none of others', () => {
	expect(maps.length).toBeGreaterThan(5);
	for (const { sources, sourcesContent, ignoreList = [] } of maps) {
		const others = sources.flatMap((source, at) => (source.includes('node_modules') ? [at] : []));
		expect(sourcesContent).toHaveLength(sources.length);
		expect(sourcesContent.flatMap((content, at) => (content === null ? [at] : []))).toEqual(others);
		expect(ignoreList).toEqual(others);
	}
});
