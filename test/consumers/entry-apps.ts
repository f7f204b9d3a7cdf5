import { type Adapter, adapterApp, REACT_18, REACT_19, TOLD, VUE } from './adapter.js';

const FILMS = `
import { OssUpload, useUploader, useUploads } from 'oss-resumable-upload/react';
import { options, tell } from './told';

export function Films() {
	const uploader = useUploader(options);
	const { totals } = useUploads(uploader);
	return (
		<OssUpload
			uploader={uploader}
			className={totals.running > 0 ? 'running' : undefined}
			onChange={({ detail }) => tell('progress', (100 * detail.totals.loaded) / detail.totals.total)}
			onDone={({ detail }) => tell('done', detail.file.key)}
			onFailed={({ detail }) => tell('failed', String(detail.file.error))}
		/>
	);
}
`;

const CANCEL = 'role=button[name="Cancel"]';

const reactApp = (name: string, packages: Adapter['packages']): Adapter =>
	adapterApp(
		{
			name,
			packages,
			files: {
				'films.tsx': FILMS,
				'main.tsx': `
import 'oss-resumable-upload/element';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Films } from './films';

createRoot(document.querySelector('#app')!).render(
	<StrictMode>
		<Films />
	</StrictMode>,
);
`,
			},
			cancel: CANCEL,
		},
		'react',
	);

const vue = adapterApp(
	{
		name: './vue, with Vue 3.4',
		packages: { ...VUE, vue: '3.4.38' },
		files: {
			'App.vue': `
<script setup lang="ts">
import 'oss-resumable-upload/element';
import { OssUpload, useUploader, useUploads } from 'oss-resumable-upload/vue';
import { options, tell } from './told';

const uploader = useUploader(options);
const uploads = useUploads(uploader);
</script>

<template>
	<OssUpload
		:uploader="uploader"
		:class="{ running: uploads.totals.running > 0 }"
		@change="({ detail }) => tell('progress', (100 * detail.totals.loaded) / detail.totals.total)"
		@done="({ detail }) => tell('done', detail.file.key)"
		@failed="({ detail }) => tell('failed', String(detail.file.error))"
	/>
</template>
`,
			'main.ts': `
import { createApp } from 'vue';
// @ts-expect-error which only Vue's own compiler understands
import App from './App.vue';

createApp(App).mount('#app');
`,
		},
		cancel: CANCEL,
	},
	'vue',
);

/** Its page is a component of the server, which takes one of the entry's as one of the client. */
const next: Adapter = {
	name: './react, with Next.js',
	packages: {
		next: '16.4.6',
		react: '19.3.1',
		'react-dom': '19.3.1',
		typescript: '5.9.3',
		'@types/react': '19.3.0',
		'@types/node': '20.19.43',
	},
	files: {
		'app/told.ts': TOLD,
		'app/films.tsx': `'use client';\n${FILMS.replace('import {', "import 'oss-resumable-upload/element';\nimport {")}`,
		'app/layout.tsx': `
import type { ReactNode } from 'react';

export default function Layout({ children }: { children: ReactNode }) {
	return (
		<html lang="en">
			<head><link rel="icon" href="data:," /></head>
			<body>{children}</body>
		</html>
	);
}
`,
		'app/page.tsx': `
import { OssUploadList } from 'oss-resumable-upload/react';
import { Films } from './films';

export default () => <><Films /><OssUploadList className="none" /></>;
`,
	},
	modes: [
		{
			name: 'build',
			build: [['next', 'build']],
			serve: { command: ['next', 'start', '--port', '%PORT%', '--hostname', '127.0.0.1'] },
		},
	],
	cancel: CANCEL,
};

/** The entries for React and Vue, in the oldest versions and in the newest. */
export const ENTRY_APPS: readonly Adapter[] = [
	reactApp('./react, with React 18', REACT_18),
	reactApp('./react, with React 19', REACT_19),
	next,
	vue,
];
