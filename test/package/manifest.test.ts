import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, runNode, type ShippedPackage, shipPackage } from './shipped-package.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
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

const REACT = `
import type { Uploader, UploaderOptions, UploadTask } from 'oss-resumable-upload';
import type { OssUpload as OssUploadElement } from 'oss-resumable-upload/element';
import { OssUpload, OssUploadList, useTask, useUploader, useUploads } from 'oss-resumable-upload/react';
import { useRef } from 'react';

export function Films(props: { options: UploaderOptions; task: UploadTask | undefined; isOne: boolean }) {
	const uploader: Uploader = useUploader(props.options);
	const { tasks, totals } = useUploads(uploader);
	const upload = useRef<OssUploadElement>(null);
	return (
		<form className="films" onReset={() => upload.current?.start()}>
			{tasks.length} {totals.running} {useTask(props.task)?.state}
			<OssUpload
				ref={upload}
				className="films"
				style={{ margin: 0 }}
				data-films=""
				uploader={uploader}
				multiple={!props.isOne}
				maxFiles={props.isOne ? 1 : undefined}
				maxFileSize="64 MB"
				objectKey={(file, unfinished, path) => unfinished?.key ?? file.name + path}
				uploadOptions={(file) => ({ partSize: file.size, data: { album: 7 } })}
				validate={async (file, files) => (files.length > 3 ? file.name : undefined)}
				onBefore={(event) => event.preventDefault()}
				onDone={({ detail }) => detail.file.key}
				onChange={({ detail }) => detail.totals.loaded}
			>
				<b slot="hint">Films</b>
			</OssUpload>
			{/* @ts-expect-error of which there is none */}
			<OssUploadList uploader={uploader} wholePage />
			<oss-upload class="films" multiple max-files={3} onoss-upload-done={({ detail }) => detail.file.key} />
			{/* @ts-expect-error which is no key */}
			<oss-upload objectKey={7} />
		</form>
	);
}
`;

const VUE = `
import type { UploaderOptions, UploadTask } from 'oss-resumable-upload';
import { OssUpload, OssUploadList, useTask, useUploader, useUploads } from 'oss-resumable-upload/vue';
import { defineComponent, type GlobalComponents, h, reactive, ref } from 'vue';

export const Films = defineComponent({
	components: { OssUpload, OssUploadList },
	setup(props: { options: UploaderOptions; task: UploadTask }) {
		const uploader = useUploader(() => props.options);
		const { totals } = useUploads(uploader).value;
		const { state } = useTask(() => props.task).value;
		const task = ref<UploadTask>();
		const held = reactive({ task: props.task });
		const maybe: string | undefined = useTask(task).value?.state;
		// @ts-expect-error there may be none
		useTask(task).value.state;
		const { progress } = useTask(() => held.task).value;
		return () => [
			h(
				OssUpload,
				{
					uploader: uploader.value,
					multiple: true,
					maxFiles: 3,
					class: 'films',
					objectKey: (file, unfinished) => unfinished?.key ?? file.name,
					onDone: ({ detail }) => detail.file.key,
				},
				() => [state, maybe, totals.loaded, progress.total],
			),
			// @ts-expect-error which is no key
			h(OssUpload, { objectKey: 7 }),
		];
	},
});

type Raw = InstanceType<GlobalComponents['oss-upload']>;
export const props: Raw['$props'] = { multiple: true, class: 'films', uploader: undefined };
export const start = (element: Raw): void => element.start();
`;

/** To TypeScript a module without types is any, and that an error. */
const WORKER = `
import * as worker from 'oss-resumable-upload/hash.worker.js';

export const names: readonly string[] = Object.keys(worker);
`;

/** As npm would install them beside the package. */
async function linkFrameworks(app: string): Promise<void> {
	await mkdir(join(app, 'node_modules/@types'));
	for (const name of ['@types/react', 'vue']) {
		await symlink(join(root, 'node_modules', name), join(app, 'node_modules', name), 'junction');
	}
}

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
			await writeFile(join(app, 'react.tsx'), REACT);
			await writeFile(join(app, 'vue.ts'), VUE);
			await linkFrameworks(app);
			const compilerOptions = {
				target: 'ES2022',
				lib: ['ES2022', 'DOM', 'DOM.Iterable'],
				...{ module, moduleResolution },
				jsx: 'react-jsx',
				strict: true,
				exactOptionalPropertyTypes: true,
				skipLibCheck: false,
				noEmit: true,
				types: [],
			};
			const files = ['app.ts', 'worker.ts', 'react.tsx', 'vue.ts'];
			await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
			await runNode('typescript-5.7/bin/tsc', '-p', app);
		} finally {
			await rm(app, { recursive: true, force: true });
		}
	},
);
