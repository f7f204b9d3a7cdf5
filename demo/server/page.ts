import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createServer, type InlineConfig, type ViteDevServer } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Serves the page from its sources. The root's own configuration makes the package's name mean `src`, as a page of
 * somebody else would import it.
 *
 * @param endpoint origin of OSS, the one stranger that the page's content security policy lets it talk to
 */
export async function createPage(server: Server, endpoint: string): Promise<ViteDevServer> {
	const page = await createServer(configure(server, endpoint));
	// What Vite answers at addresses of its own acts on this machine, whoever asks: it opens files in an editor. The
	// page needs none of it.
	page.middlewares.stack = page.middlewares.stack.map((layer) =>
		layer.route === '' ? layer : { ...layer, handle: notFound },
	);
	return page;
}

const notFound = (_: IncomingMessage, response: ServerResponse): void => {
	response.writeHead(404).end();
};

const configure = (server: Server, endpoint: string): InlineConfig => ({
	configFile: path('../../vite.config.ts'),
	root: path('../'),
	base: '/',
	cacheDir: path('../../node_modules/.vite-demo'),
	appType: 'spa',
	clearScreen: false,
	logLevel: 'warn',
	server: {
		middlewareMode: { server },
		// A page that reloads itself when a source changes would break off what it uploads.
		hmr: false,
		ws: false,
		// By default any page of this machine may read the sources.
		cors: false,
		watch: null,
		fs: { allow: [path('../'), path('../../src'), path('../../node_modules')] },
	},
	optimizeDeps: {
		entries: ['index.html'],
		// Those imported late would be found late, and make Vite reload the page.
		include: [
			'idb',
			'ky',
			'spark-md5',
			'hash-wasm',
			'@noble/hashes/hmac.js',
			'@noble/hashes/sha2.js',
			'uplot',
		],
	},
	plugins: [
		{
			name: 'content-security-policy',
			transformIndexHtml: (html) => html.replace('{{OSS_ENDPOINT}}', endpoint),
		},
		{
			name: 'no-hot-reload',
			// Vite's client would look for the socket that is off.
			transformIndexHtml: {
				order: 'post',
				handler: (html) => html.replace(/<script[^>]*@vite\/client[^>]*><\/script>/, ''),
			},
		},
	],
});
