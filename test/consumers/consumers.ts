import type { Consumer } from './consumer.js';

const MAIN = `
import { createUploader } from 'oss-resumable-upload';
import { offerUploads } from './uploads.js';

offerUploads(createUploader);
`;

const pageOf = (body: string): string => `<!doctype html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<title>Consumer</title>
		<link rel="icon" href="data:," />
	</head>
	<body>
		${body}
	</body>
</html>
`;

const INPUT = '<input type="file" />';
const pageLoading = (script: string): string => pageOf(`${INPUT}\n\t\t${script}`);
const MODULE_PAGE = pageLoading('<script type="module" src="./main.js"></script>');
const CLASSIC_PAGE = pageLoading('<script defer src="./main.js"></script>');

const vite = (major: string, version: string): Consumer => ({
	name: `Vite ${major}`,
	tool: 'vite',
	packages: { vite: version },
	files: { 'index.html': MODULE_PAGE, 'main.js': MAIN },
	modes: [
		{
			name: 'dev',
			serve: { command: ['vite', '--port', '%PORT%', '--strictPort', '--host', '127.0.0.1'] },
		},
		{ name: 'build', build: [['vite', 'build']], serve: { folder: 'dist' } },
	],
});

const next: Consumer = {
	name: 'Next.js',
	tool: 'next',
	packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
	files: {
		'app/layout.jsx': `
export default function Layout({ children }) {
	return <html lang="en"><body>{children}</body></html>;
}
`,
		'app/page.jsx': `
'use client';
import { createUploader } from 'oss-resumable-upload';
import { useEffect } from 'react';
import { offerUploads } from '../uploads.js';

export default function Page() {
	useEffect(() => offerUploads(createUploader), []);
	return <input type="file" />;
}
`,
	},
	modes: [
		{ name: 'build', build: [['next', 'build']], serve: { command: nextCommand('start') } },
		{ name: 'dev', serve: { command: nextCommand('dev') } },
	],
};

function nextCommand(name: string) {
	return ['next', name, '--port', '%PORT%', '--hostname', '127.0.0.1'] as const;
}

const webpack: Consumer = {
	name: 'webpack 5',
	tool: 'webpack',
	packages: { webpack: '5.112.2', 'webpack-cli': '7.3.1', 'webpack-dev-server': '5.2.7' },
	files: { 'public/index.html': CLASSIC_PAGE, 'src/index.js': MAIN.replace('./', '../') },
	modes: [
		{
			name: 'dev',
			serve: {
				command: ['webpack', 'serve', '--mode', 'development', '--port', '%PORT%', '--host', '127.0.0.1'],
			},
		},
		{
			name: 'build',
			build: [['webpack', '--mode', 'production', '--output-path', 'public']],
			serve: { folder: 'public' },
		},
	],
};

const vue: Consumer = {
	name: 'Vue, with Vite',
	tool: 'vue',
	packages: { vite: '8.3.8', vue: '3.5.45', '@vitejs/plugin-vue': '6.0.11' },
	files: {
		'vite.config.js': `
import vue from '@vitejs/plugin-vue';

export default { plugins: [vue()] };
`,
		'index.html': pageOf('<div id="app"></div><script type="module" src="./main.js"></script>'),
		'main.js': `
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
`,
		'App.vue': `
<script setup>
import { createUploader } from 'oss-resumable-upload';
import { onMounted } from 'vue';
import { offerUploads } from './uploads.js';

onMounted(() => offerUploads(createUploader));
</script>

<template>${INPUT}</template>
`,
	},
	modes: vite('8', '').modes,
};

const nuxt: Consumer = {
	name: 'Nuxt 4.4',
	tool: 'nuxt',
	packages: { nuxt: '4.4.2' },
	files: {
		'nuxt.config.js': `
export default defineNuxtConfig({ compatibilityDate: '2026-01-01', telemetry: false });
`,
		'app/app.vue': `
<script setup>
import { createUploader } from 'oss-resumable-upload';
import { offerUploads } from '../uploads.js';

onMounted(() => offerUploads(createUploader));
</script>

<template>${INPUT}</template>
`,
	},
	modes: [
		{
			name: 'dev',
			serve: { command: ['nuxt', 'dev', '--port', '%PORT%', '--host', '127.0.0.1', '--no-fork'] },
		},
		{
			name: 'build',
			build: [['nuxt', 'build']],
			serve: { command: ['node', '.output/server/index.mjs'] },
		},
	],
};

const rollup: Consumer = {
	name: 'Rollup',
	tool: 'rollup',
	packages: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3' },
	files: { 'public/index.html': MODULE_PAGE, 'main.js': MAIN },
	modes: [
		{
			name: 'build',
			build: [['rollup', 'main.js', '--dir', 'public', '--plugin', 'node-resolve={browser:true}']],
			serve: { folder: 'public' },
		},
	],
};

const parcel: Consumer = {
	name: 'Parcel',
	tool: 'parcel',
	packages: { parcel: '2.16.4' },
	files: { 'index.html': MODULE_PAGE, 'main.js': MAIN },
	modes: [
		{ name: 'dev', serve: { command: ['parcel', 'index.html', '--port', '%PORT%', '--host', '127.0.0.1'] } },
		{ name: 'build', build: [['parcel', 'build', 'index.html']], serve: { folder: 'dist' } },
	],
};

const esbuild = (format: 'ESM' | 'IIFE'): Consumer => ({
	name: `esbuild, ${format}`,
	tool: 'esbuild',
	packages: { esbuild: '0.28.2' },
	files: { 'public/index.html': format === 'ESM' ? MODULE_PAGE : CLASSIC_PAGE, 'main.js': MAIN },
	modes: [
		{
			name: 'build',
			build: [
				[
					'esbuild',
					'main.js',
					'--bundle',
					`--format=${format.toLowerCase()}`,
					...(format === 'ESM' ? ['--splitting'] : []),
					'--outdir=public',
				],
			],
			serve: { folder: 'public' },
		},
	],
});

/** What the page on bundlers tells people to write. */
export const IMPORT_MAP = {
	'oss-resumable-upload': './node_modules/oss-resumable-upload/dist/index.js',
	ky: './node_modules/ky/distribution/index.js',
	idb: './node_modules/idb/build/index.js',
	'@noble/hashes/': './node_modules/@noble/hashes/',
};

const importMap: Consumer = {
	name: 'an import map',
	packages: {},
	files: {
		'index.html': pageLoading(
			`<script type="importmap">${JSON.stringify({ imports: IMPORT_MAP })}</script><script type="module" src="./main.js"></script>`,
		),
		'main.js': MAIN,
	},
	modes: [{ name: 'no build', serve: { folder: '.' } }],
};

const DIST = 'node_modules/oss-resumable-upload/dist';
const standalone: Consumer = {
	name: 'standalone.js',
	packages: {},
	files: {
		'index.html': MODULE_PAGE,
		'main.js': MAIN.replace('oss-resumable-upload', `./${DIST}/standalone.js`),
	},
	modes: [{ name: 'no build', serve: { folder: '.' } }],
};

const fromCdn: Consumer = {
	...standalone,
	name: 'standalone.js, from a CDN',
	files: { 'index.html': MODULE_PAGE, 'main.js': MAIN.replace('oss-resumable-upload', '%CDN%standalone.js') },
	cdn: DIST,
};

export const CONSUMERS: readonly Consumer[] = [
	vite('8', '8.3.8'),
	vite('7', '7.3.8'),
	vite('6', '6.4.6'),
	vite('5', '5.4.21'),
	next,
	vue,
	nuxt,
	webpack,
	rollup,
	parcel,
	esbuild('ESM'),
	esbuild('IIFE'),
	importMap,
	standalone,
	fromCdn,
];
