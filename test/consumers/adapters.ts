import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Adapter, adapterApp, REACT_18, REACT_19, VITE, VUE } from './adapter.js';
import { ENTRY_APPS } from './entry-apps.js';

export const exampleOf = (file: string): string =>
	readFileSync(fileURLToPath(new URL(`../../examples/${file}`, import.meta.url)), 'utf8');

const antd = adapterApp(
	{
		name: 'antd 6',
		packages: { ...REACT_19, antd: '6.6.8' },
		files: {
			'custom-request.ts': exampleOf('antd/custom-request.ts'),
			'main.tsx': `
import { Upload } from 'antd';
import { createRoot } from 'react-dom/client';
import { customRequest } from './custom-request';
import { tell, uploader } from './told';

createRoot(document.querySelector('#app')!).render(
	<Upload
		customRequest={customRequest(uploader)}
		onChange={({ file }) => {
			if (file.status === 'uploading') tell('progress', file.percent);
			if (file.status === 'done') tell('done', file.response.key);
			if (file.status === 'error') tell('failed', String(file.error));
		}}
	>
		<button type="button">Films</button>
	</Upload>,
);
`,
		},
		cancel: '[title="Remove file"]',
	},
	'react',
);

const rcUpload = adapterApp(
	{
		name: 'rc-upload 4, with React 18',
		packages: { ...REACT_18, 'rc-upload': '4.11.0' },
		files: {
			'custom-request.ts': exampleOf('antd/custom-request.ts'),
			'main.tsx': `
import Upload from 'rc-upload';
import { useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { customRequest } from './custom-request';
import { tell, uploader } from './told';

const request = customRequest(uploader);

function Films() {
	const upload = useRef<Upload>(null);
	const picked = useRef<any>(null);
	return (
		<>
			<Upload
				ref={upload}
				customRequest={request}
				onStart={(file) => {
					picked.current = file;
				}}
				onProgress={({ percent }) => tell('progress', percent)}
				onSuccess={({ key }) => tell('done', key)}
				onError={(error) => tell('failed', String(error))}
			>
				Films
			</Upload>
			<button type="button" id="cancel" onClick={() => upload.current?.abort(picked.current)}>
				Cancel
			</button>
		</>
	);
}

createRoot(document.querySelector('#app')!).render(<Films />);
`,
		},
		cancel: '#cancel',
	},
	'react',
);

const elementPlus = adapterApp(
	{
		name: 'Element Plus',
		packages: { ...VUE, 'element-plus': '2.14.8' },
		files: {
			'upload-handlers.ts': exampleOf('element-plus/upload-handlers.ts'),
			'handlers.ts': `
import type { UploadProps } from 'element-plus';
import { uploader } from './told';
import { uploadHandlers } from './upload-handlers';

export const handlers: Pick<UploadProps, 'httpRequest' | 'onRemove'> = uploadHandlers(uploader);
`,
			'App.vue': `
<script setup lang="ts">
import { ElUpload } from 'element-plus';
import 'element-plus/dist/index.css';
import { handlers } from './handlers';
import { tell } from './told';
</script>

<template>
	<el-upload
		v-bind="handlers"
		:on-progress="({ percent }) => tell('progress', percent)"
		:on-success="({ key }) => tell('done', key)"
		:on-error="(error) => tell('failed', String(error))"
	>
		Films
	</el-upload>
</template>
`,
			'main.js': `
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
`,
		},
		cancel: '.el-upload-list__item .el-icon--close',
	},
	'vue',
);

const filepond = adapterApp({
	name: 'FilePond',
	packages: { ...VITE, filepond: '4.32.12' },
	files: {
		'process.ts': exampleOf('filepond/process.ts'),
		'main.ts': `
import { create } from 'filepond';
import 'filepond/dist/filepond.min.css';
import { tell, uploader } from './told';
import { processWith } from './process';

create(document.querySelector('input')!, {
	server: { process: processWith(uploader), revert: null },
	onprocessfileprogress: (_, progress) => tell('progress', 100 * progress),
	onprocessfile: (error, { serverId }) => (error ? tell('failed', error.body) : tell('done', serverId)),
});
`,
	},
	cancel: '.filepond--action-abort-item-processing',
});

export const ADAPTERS: readonly Adapter[] = [antd, rcUpload, elementPlus, filepond, ...ENTRY_APPS];
