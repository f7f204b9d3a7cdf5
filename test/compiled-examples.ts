import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import tsconfig from '../tsconfig.json' with { type: 'json' };

const root = fileURLToPath(new URL('../', import.meta.url));

/** What the examples that import nothing go on with. */
const CONTEXT = `
	declare const uploader: import('oss-resumable-upload').Uploader;
	declare const task: import('oss-resumable-upload').UploadTask;
	declare const file: File;
	declare module '*.vue' {
		const component: import('vue').Component;
		export default component;
	}
`;

export interface Example {
	/** What the compiler calls it, such as `example-1.tsx`; in one folder they may import one another. */
	readonly file: string;
	readonly code: string;
}

/** What the compiler finds wrong with examples, against the source; `''` where nothing is. */
export async function compileExamples(examples: readonly Example[]): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), 'examples-'));
	try {
		for (const { file, code } of examples) {
			// A module each, so that none sees what another one declares.
			await mkdir(dirname(join(directory, file)), { recursive: true });
			await writeFile(join(directory, file), `${code}\nexport {};\n`);
		}
		await writeFile(join(directory, 'context.d.ts'), CONTEXT);
		await writeFile(
			join(directory, 'tsconfig.json'),
			JSON.stringify(configFor(examples.map(({ file }) => file))),
		);
		return await compile(directory);
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
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
			vitest: [join(root, 'node_modules/vitest')],
			vue: [join(root, 'node_modules/vue')],
			'playwright/test': [join(root, 'node_modules/playwright/test')],
		},
		typeRoots: [join(root, 'node_modules/@types')],
		// An example shows what is handed over, used or not.
		noUnusedLocals: false,
		noUnusedParameters: false,
	},
	include: [],
	files: [...files, 'context.d.ts'],
});

const compile = (directory: string): Promise<string> =>
	promisify(execFile)(process.execPath, [
		join(root, 'node_modules/typescript/bin/tsc'),
		'-p',
		directory,
	]).then(
		({ stdout }) => stdout,
		({ stdout, message }) => stdout || message,
	);
