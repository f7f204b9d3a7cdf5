import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, runNode, type ShippedPackage, shipPackage } from './shipped-package.js';

let shipped: ShippedPackage;

beforeAll(async () => {
	shipped = await shipPackage();
});

afterAll(() => shipped?.remove());

test('no Node is asked for, and no address is invented', () => {
	const { engines, devEngines, repository, bugs, homepage, author } = shipped.manifest as unknown as Record<
		string,
		unknown
	>;
	expect({ engines, devEngines, repository, bugs, homepage, author }).toEqual({});
});

test('the links of the README work where only the package is known', async () => {
	const readme = await readFile(join(shipped.directory, 'README.md'), 'utf8');
	const text = readme.replace(/^```.*?^```$/gms, '');
	const targets = [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, target = '']) => target);
	expect(targets.length).toBeGreaterThan(10);
	const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => `#${anchorOf(heading)}`);
	const isFine = (target: string) => target.startsWith('https://') || anchors.includes(target);
	expect(targets.filter((target) => !isFine(target))).toEqual([]);
});

/** As GitHub and npm make them. */
const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replace(/[^\w\- ]/g, '')
		.replaceAll(' ', '-');

const APP = `
import { createUploader, credentialsFrom, isUploadError, type UploadTask, xhrTransport } from 'oss-resumable-upload';
import { diagnose, type Finding } from 'oss-resumable-upload/diagnose';

const uploader = createUploader({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	getCredentials: credentialsFrom('/sts', { credentials: 'include', retry: 1 }),
	transport: xhrTransport(),
});
export function start(file: File): UploadTask {
	const task = uploader.upload(file, { key: (picked, unfinished) => unfinished?.key ?? \`films/\${picked.size}\` });
	task.on('warning', ({ code }) => code satisfies string);
	task.result.catch((error: unknown) => isUploadError(error) && error.code satisfies string);
	// @ts-expect-error of which there is none
	task.on('nothing', () => {});
	return task;
}
export async function look(): Promise<readonly Finding[]> {
	const { findings } = await diagnose(uploader, { write: { prefix: 'diagnosis/' } });
	return findings.filter(({ code }) => code === 'region-wrong');
}
`;

/** To TypeScript a module without types is any, and that an error. */
const WORKER = `
import * as worker from 'oss-resumable-upload/hash.worker.js';

export const names: readonly string[] = Object.keys(worker);
`;

test.concurrent.each([
	['bundler', 'ESNext'],
	['node16', 'Node16'],
	['nodenext', 'NodeNext'],
])(
	'TypeScript 5.7 understands the types, those of the dependencies and of the worker too (moduleResolution %s) [D8]',
	async (moduleResolution, module) => {
		const app = await createApp(shipped, '');
		try {
			await writeFile(join(app, 'app.ts'), APP);
			await writeFile(join(app, 'worker.ts'), WORKER);
			const compilerOptions = {
				target: 'ES2022',
				lib: ['ES2022', 'DOM', 'DOM.Iterable'],
				...{ module, moduleResolution },
				strict: true,
				exactOptionalPropertyTypes: true,
				skipLibCheck: false,
				noEmit: true,
				types: [],
			};
			const files = ['app.ts', 'worker.ts'];
			await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
			await runNode('typescript-5.7/bin/tsc', '-p', app);
		} finally {
			await rm(app, { recursive: true, force: true });
		}
	},
);
