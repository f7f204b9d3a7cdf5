import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { logOf, type Served, serveFolder, urlOf } from '../served.js';

/** What an app's page loads, and how the app is built and served. None is told anything about the package. */
export interface Bundling {
	readonly script: string;
	serve(app: string): Promise<Served>;
}

const MODULE = '<script type="module" src="./main.js"></script>';
const CLASSIC = '<script defer src="./main.bundle.js"></script>';

/** `base`: where the files of the page lie. */
export const viteBuildFor = (base: string): Bundling => ({
	script: MODULE,
	async serve(app) {
		await build({ configFile: false, logLevel: 'error', root: app, base });
		return serveFolder(join(app, 'dist'));
	},
});

export const viteBuild: Bundling = viteBuildFor('/');

/** Nothing is optimized beforehand: as on the first `vite dev` after an installation. */
export const viteDev: Bundling = {
	script: MODULE,
	async serve(app) {
		const server = await createServer({
			configFile: false,
			logLevel: 'error',
			root: app,
			server: { host: '127.0.0.1', port: 0 },
		});
		if (server.httpServer === null) throw new Error('Vite serves nothing');
		const answered = logOf(server.httpServer);
		await server.listen();
		return { url: urlOf(server.httpServer), answered, close: () => server.close() };
	},
};

export const webpackBuild: Bundling = {
	script: CLASSIC,
	async serve(app) {
		const directory = await publicFolder(app);
		const compiler = webpack({
			mode: 'production',
			context: app,
			entry: './main.js',
			output: { path: directory, filename: 'main.bundle.js' },
			performance: false,
		});
		const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
			compiler.run((error, done) => (error ? reject(error) : resolve(done)));
		});
		await new Promise((resolve) => compiler.close(resolve));
		if (stats?.hasErrors() || stats?.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
		return serveFolder(directory);
	},
};

/** One classic file, in which a module's own address is unknown, and a copy of the worker somewhere else. */
export const oneFile: Bundling = {
	script: CLASSIC,
	async serve(app) {
		const directory = await publicFolder(app);
		const bundle = await rolldown({ input: join(app, 'main.js'), platform: 'browser', logLevel: 'silent' });
		await bundle.write({ file: join(directory, 'main.bundle.js'), format: 'iife', codeSplitting: false });
		await bundle.close();
		const worker = 'node_modules/oss-resumable-upload/dist/hash.worker.js';
		await cp(join(app, worker), join(directory, 'static/checksums.js'));
		return serveFolder(directory);
	},
};

/** Apart from the app's sources and packages, so that the page finds only what the bundler put there. */
async function publicFolder(app: string): Promise<string> {
	const directory = join(app, 'dist');
	await mkdir(directory);
	await cp(join(app, 'index.html'), join(directory, 'index.html'));
	return directory;
}
