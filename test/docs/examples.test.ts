import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import tsconfig from '../../tsconfig.json' with { type: 'json' };
import { type Block, blocksOf, writtenPages } from './blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the examples go on with that import nothing. */
const CONTEXT = `
	declare const uploader: import('oss-resumable-upload').Uploader;
	declare const task: import('oss-resumable-upload').UploadTask;
	declare const file: File;
	declare module '*.vue' {
		const component: import('vue').Component;
		export default component;
	}
`;

const LANGUAGES: Readonly<Record<string, string>> = { ts: 'ts', tsx: 'tsx', vue: 'ts' };

const codeOf = ({ language, text }: Block): string =>
	language === 'vue' ? (/<script[^>]*lang="ts"[^>]*>\n(.*?)<\/script>/s.exec(text)?.[1] ?? '') : text;

/** A page under `start` is an app: its blocks import one another. What a later section writes again takes its place. */
const isApp = (page: string): boolean => page.startsWith('start/');

/** By path. */
function filesOf(page: string): ReadonlyMap<string, string> {
	const folder = page.replace('.md', '');
	const files = new Map<string, string>();
	const app = new Map<string, string>();
	let section = '';
	for (const block of blocksOf(page)) {
		const extension = LANGUAGES[block.language];
		if (extension === undefined || block.words.includes('fragment')) continue;
		const code = `${codeOf(block)}\nexport {};\n`;
		if (!isApp(page) || block.title === undefined) {
			files.set(`${folder}/line-${block.line}.${extension}`, code);
			continue;
		}
		app.set(block.title.replace(/\.vue$/, '.ts'), code);
		section = block.section;
		const stage = section.replace(/\W+/g, '-');
		for (const [name, text] of app) files.set(`${folder}/${stage}/${name}`, text);
	}
	return files;
}

const configFor = (files: readonly string[]): object => ({
	extends: join(root, 'tsconfig.json'),
	compilerOptions: {
		paths: {
			...Object.fromEntries(
				Object.entries(tsconfig.compilerOptions.paths).map(([name, paths]) => [
					name,
					paths.map((path) => join(root, path)),
				]),
			),
			react: [join(root, 'node_modules/@types/react')],
			'react/*': [join(root, 'node_modules/@types/react/*')],
			vue: [join(root, 'node_modules/vue')],
			vitest: [join(root, 'node_modules/vitest')],
			'playwright/test': [join(root, 'node_modules/playwright/test')],
		},
		typeRoots: [join(root, 'node_modules/@types')],
		// An example shows what is handed over, used or not.
		noUnusedLocals: false,
		noUnusedParameters: false,
	},
	include: [],
	files,
});

/** What the compiler finds wrong. */
const compile = (directory: string): Promise<string> =>
	promisify(execFile)(process.execPath, [
		join(root, 'node_modules/typescript/bin/tsc'),
		'-p',
		directory,
	]).then(
		({ stdout }) => stdout,
		({ stdout, message }) => stdout || message,
	);

test('what the documents show as TypeScript is type-checked against the source', async () => {
	const files = new Map(writtenPages().flatMap((page) => [...filesOf(page)]));
	expect(files.size).toBeGreaterThan(10);
	const directory = await mkdtemp(join(tmpdir(), 'docs-'));
	try {
		for (const [path, text] of [...files, ['context.d.ts', CONTEXT] as const]) {
			await mkdir(dirname(join(directory, path)), { recursive: true });
			await writeFile(join(directory, path), text);
		}
		await writeFile(
			join(directory, 'tsconfig.json'),
			JSON.stringify(configFor([...files.keys(), 'context.d.ts'])),
		);
		expect(await compile(directory)).toBe('');
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
});
