import type { Consumer } from './consumer.js';

/** An app in which another component uploads through the library, or one of its own does. */
export interface Adapter extends Consumer {
	/** Whom a person presses to cancel what is under way. */
	readonly cancel: string;
}

/** What it tells is `progress` with percents, `done` with the key, or `failed`. */
export const TOLD = `
import { createUploader } from 'oss-resumable-upload';

const given = new URLSearchParams(typeof location === 'object' ? location.search : '');
export const options = {
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint: given.get('endpoint') ?? undefined,
	getCredentials: () => JSON.parse(given.get('credentials') ?? ''),
};
export const uploader = createUploader(options);

const told: (readonly [what: string, value: unknown])[] = [];
if (typeof window === 'object') Object.assign(window, { told });
export const tell = (what: string, value?: unknown): void => void told.push([what, value]);
`;

const INDEX = `<!doctype html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<title>Adapter</title>
		<link rel="icon" href="data:," />
	</head>
	<body>
		<div id="app"><input type="file" /></div>
		<script type="module" src="./main"></script>
	</body>
</html>
`;

const TSCONFIG = JSON.stringify({
	compilerOptions: {
		...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', jsx: 'react-jsx' },
		...{ strict: true, skipLibCheck: true, noEmit: true, types: [] },
	},
	include: ['*.ts', '*.tsx'],
});

export const VITE = { vite: '8.3.8', typescript: '5.9.3' };
export const VUE = { ...VITE, vue: '3.5.45', '@vitejs/plugin-vue': '6.0.11' };
const reactOf = (react: string, types: string, dom: string) => ({
	...VITE,
	...{ '@vitejs/plugin-react': '6.3.0', react, 'react-dom': react },
	...{ '@types/react': types, '@types/react-dom': dom },
});
export const REACT_19 = reactOf('19.3.1', '19.3.0', '19.3.0');
export const REACT_18 = reactOf('18.3.1', '18.3.31', '18.3.7');

/** Type-checked, built by Vite, served. */
export const adapterApp = (
	{ files, ...adapter }: Pick<Adapter, 'name' | 'packages' | 'files' | 'cancel'>,
	framework?: 'react' | 'vue',
): Adapter => {
	const main = Object.keys(files).find((file) => file.startsWith('main.')) ?? '';
	const config = `
import plugin from '@vitejs/plugin-${framework}';

export default { plugins: [plugin()] };
`;
	return {
		...adapter,
		files: {
			...{ 'told.ts': TOLD, 'tsconfig.json': TSCONFIG, 'index.html': INDEX.replace('./main', `./${main}`) },
			...(framework && { 'vite.config.js': config }),
			...files,
		},
		modes: [
			{
				name: 'build',
				build: [
					['tsc', '-p', '.'],
					['vite', 'build'],
				],
				serve: { folder: 'dist' },
			},
		],
	};
};
