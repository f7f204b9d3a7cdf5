import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compileScript, parse } from 'vue/compiler-sfc';
import { planUpload } from '../src/core/upload/plan.js';
import { WORDS } from '../src/diagnosis/words.js';
import * as library from '../src/index.js';
import { resolveUploaderOptions } from '../src/options.js';
import { namesIn, readMarkdown, rowsOf } from './markdown.js';
import { fieldsOf, membersOf, wordsOf } from './source-names.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = readMarkdown(textOf('README.md'));

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

describe('examples', () => {
	/** What the examples that import nothing go on with. */
	const CONTEXT = `
		declare const uploader: import('oss-resumable-upload').Uploader;
		declare const task: import('oss-resumable-upload').UploadTask;
		declare const file: File;
	`;

	test('are type-checked against the source', { timeout: 60_000 }, async () => {
		const examples = [
			...['ts', 'tsx'].flatMap((language) => readme.examples(language).map((code) => [language, code])),
			...readme.examples('vue').map((code) => ['ts', scriptOf(code)]),
		];
		expect(examples.length).toBeGreaterThan(5);
		const directory = await mkdtemp(join(tmpdir(), 'readme-'));
		try {
			const files = examples.map(([language], index) => `example-${index + 1}.${language}`);
			for (const [index, [, code]] of examples.entries()) {
				// A module each, so that none sees what another one declares.
				await writeFile(join(directory, files[index] ?? ''), `${code}\nexport {};\n`);
			}
			await writeFile(join(directory, 'context.d.ts'), CONTEXT);
			await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(configFor(files)));
			expect(await compile(directory)).toBe('');
		} finally {
			await rm(directory, { recursive: true, force: true });
		}
	});

	/** With its template in it, whose expressions are looked at too. */
	const scriptOf = (component: string): string =>
		compileScript(parse(component).descriptor, { id: 'example', inlineTemplate: true }).content;

	const configFor = (files: readonly string[]): object => ({
		extends: join(root, 'tsconfig.json'),
		compilerOptions: {
			paths: {
				'oss-resumable-upload': [join(root, 'src/index.ts')],
				'oss-resumable-upload/emulator': [join(root, 'emulator/index.ts')],
				'oss-resumable-upload/sign': [join(root, 'src/sign.ts')],
				'oss-resumable-upload/diagnose': [join(root, 'src/diagnose.ts')],
				'oss-resumable-upload/element': [join(root, 'src/element.ts')],
				'oss-resumable-upload/react': [join(root, 'src/react.ts')],
				'oss-resumable-upload/vue': [join(root, 'src/vue.ts')],
				react: [join(root, 'node_modules/@types/react')],
				'react/jsx-runtime': [join(root, 'node_modules/@types/react/jsx-runtime.d.ts')],
				vue: [join(root, 'node_modules/vue')],
			},
			typeRoots: [join(root, 'node_modules/@types')],
			// An example shows what is handed over, used or not.
			noUnusedLocals: false,
			noUnusedParameters: false,
		},
		include: [],
		files: [...files, 'context.d.ts'],
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
});

describe('names are those of the source, none too few and none too many', () => {
	test.each([
		[
			'createUploader(options)',
			'option',
			[
				...membersOf('oss/endpoint.ts', 'EndpointOptions'),
				...membersOf('public-options.ts', 'UploaderOptions'),
			],
		],
		[
			'uploader.upload(blob, options)',
			'option',
			[...membersOf('oss/headers.ts', 'ObjectOptions'), ...membersOf('public-options.ts', 'UploadOptions')],
		],
		['The callback', 'field', membersOf('oss/callback.ts', 'Callback')],
		['What is verified', 'verify', wordsOf('core/model.ts', 'Verify')],
		['What is verified', 'verified', wordsOf('core/upload/run.ts', 'Verified')],
		['The task', 'member', membersOf('core/task/upload-task.ts', 'UploadTask')],
		['States', 'state', wordsOf('core/task/state.ts', 'TaskState')],
		['Progress', 'field', membersOf('core/task/events.ts', 'Progress')],
		['Events', 'event', membersOf('core/task/listeners.ts', 'TaskEvents')],
		['Events', 'warning', wordsOf('core/task/events.ts', 'UploadWarningCode')],
		['The result', 'field', membersOf('core/upload/run.ts', 'UploadResult')],
		['The uploader', 'member', membersOf('uploader.ts', 'Uploader')],
		['The uploader', 'field', membersOf('pending.ts', 'PendingUpload')],
		['Snapshots', 'of a task', membersOf('core/task/upload-task.ts', 'TaskSnapshot')],
		['Snapshots', 'of the uploader', membersOf('overview.ts', 'UploaderSnapshot')],
		['Snapshots', 'of the totals', membersOf('core/task/totals.ts', 'Totals')],
		['Errors', 'field', ['message', 'cause', ...fieldsOf('base/errors.ts', 'UploadError')]],
		['Is my set-up right?', 'code', Object.keys(WORDS)],
		['Errors', 'code', wordsOf('base/errors.ts', 'UploadErrorCode')],
	])('%s: %s', (heading, header, names) => {
		expect([...namesIn(readme.section(heading), header)].sort()).toEqual([...names].sort());
	});

	test.each([
		['Events', membersOf('core/task/events.ts', 'PartEvent')],
		['Events', membersOf('core/task/events.ts', 'RetryEvent')],
		['Events', membersOf('core/task/events.ts', 'UploadWarning')],
		['Credentials', membersOf('oss/signing/credentials.ts', 'CredentialsRequest')],
		[
			'Signing on the server',
			[
				...membersOf('oss/signing/contract.ts', 'Unsigned'),
				...membersOf('oss/signing/contract.ts', 'SignRequestInput'),
			],
		],
		['The task', membersOf('core/task/upload-task.ts', 'TaskFile')],
	])('%s: %j', (heading, names) => {
		expect(readme.section(heading).replaceAll('\n', ' ')).toContain(`\`{ ${names.join(', ')} }`);
	});

	test('Is my set-up right?: how bad each finding is', () => {
		const rows = rowsOf(readme.section('Is my set-up right?'), 'code');
		for (const [code = '', severity] of rows) {
			expect(`${code} ${severity}`).toBe(
				`${code} ${WORDS[code.replaceAll('`', '') as keyof typeof WORDS][0]}`,
			);
		}
	});

	test('all that is exported is told of', () => {
		const text = textOf('README.md');
		expect(Object.keys(library).filter((name) => !text.includes(name))).toEqual([]);
	});

	test('Events: what becomes of a part', () => {
		const [, statuses = ''] = /status: (.+);/.exec(textOf('src/core/task/events.ts')) ?? [];
		for (const [, status] of statuses.matchAll(/'(\w+)'/g)) {
			expect(readme.section('Events')).toContain(`\`${status}\``);
		}
	});
});

describe('numbers are those of the source', () => {
	test('how long it is tried', () => {
		const options = {
			bucket: 'examplebucket',
			region: 'cn-hangzhou',
			getCredentials: async () => ({}) as never,
		};
		const { retry, parallel, checkpointTtlMs } = resolveUploaderOptions(options);
		const written = Object.fromEntries(
			[...textOf('README.md').matchAll(/(\w+Ms): ([\d_]+)/g)].map(([, name, ms = '']) => [
				name,
				Number(ms.replaceAll('_', '')),
			]),
		);
		expect(written).toEqual(retry);
		const defaults = new Map(
			rowsOf(readme.section('createUploader(options)'), 'option').map(([name, value]) => [name, value]),
		);
		expect(defaults.get('`parallel`')).toBe(String(parallel));
		expect(defaults.get('`checkpointTtlMs`')).toBe(`${checkpointTtlMs / 86_400_000} days`);
	});

	test('how large parts are', () => {
		const text = readme.section('uploader.upload(blob, options)').replaceAll('\n', ' ');
		const steps = [...text.matchAll(/(\d+) MiB up to (\d+) (MiB|GiB)/g)].map(([, partSize, size, unit]) => ({
			partSize: Number(partSize) * MiB,
			size: Number(size) * (unit === 'MiB' ? MiB : GiB),
		}));
		expect(steps).toHaveLength(4);
		for (const { partSize, size } of steps) {
			expect(planUpload(size, 'auto').partSize).toBe(partSize);
			expect(planUpload(size + 1, 'auto').partSize).toBe(2 * partSize);
		}
		expect(text).toContain('A file up to 4 MiB is one part');
		expect([4 * MiB, 4 * MiB + 1].map((size) => planUpload(size, 'auto').partCount)).toEqual([1, 2]);
	});

	test('how much a page loads', () => {
		const limits = [...textOf('scripts/check-package.mjs').matchAll(/limit: (\d+) \* KB/g)].map(
			([, kb]) => kb,
		);
		expect(limits.length).toBeGreaterThan(2);
		const text = readme.section('What it costs');
		expect([...text.matchAll(/under (\d+) KB/g)].map(([, kb]) => kb)).toEqual(limits);
	});

	test('how fast it was, are those that were measured', () => {
		const results = readMarkdown(textOf('bench/results.md'));
		const measured = new Map(
			rowsOf(results.section('Figures to reach'), 'figure').map(([figure, , value]) => [figure, value]),
		);
		const written = rowsOf(readme.section('What it costs'), 'figure');
		expect(written.length).toBeGreaterThan(3);
		for (const [figure, value] of written) expect([figure, value]).toEqual([figure, measured.get(figure)]);
		const rates = new Map(
			rowsOf(results.section('(a) 1,024 MiB on loopback'), 'candidate').map(([name, , rate]) => [name, rate]),
		);
		const sentence = `${rates.get('ours, md5 (auto)')} MiB/s in that run, where \`'crc64'\` made ${rates.get('ours, crc64 (auto)')}.`;
		expect(readme.section('What it costs').replaceAll('\n', ' ')).toContain(sentence);
	});
});

describe('links', () => {
	test('README.md names what else is to be read, without links that its package page cannot follow', () => {
		for (const file of ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/results.md']) {
			expect(textOf('README.md')).toContain(`\`${file}\``);
			expect(existsSync(join(root, file))).toBe(true);
		}
	});

	test.each(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
		'of %s lead somewhere',
		(file) => {
			const { links } = readMarkdown(textOf(file));
			expect(links).not.toEqual([]);
			const broken = links.filter((link) => {
				const [target = '', anchor] = link.split('#');
				if (target && !existsSync(join(root, target))) return true;
				return anchor !== undefined && !readMarkdown(textOf(target || file)).anchors.includes(anchor);
			});
			expect(broken).toEqual([]);
		},
	);
});
