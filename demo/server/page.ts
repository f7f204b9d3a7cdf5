import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Serves the page from its sources. The root's own configuration makes the package's name mean `src`, as a page of
 * somebody else would import it.
 *
 * @param endpoint origin of OSS, the one stranger that the page's content security policy lets it talk to
 */
export const createPage = (server: Server, endpoint: string): Promise<ViteDevServer> =>
	createServer({
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
			watch: null,
			fs: { allow: [path('../'), path('../../src'), path('../../node_modules')] },
		},
		optimizeDeps: {
			entries: ['index.html'],
			// Those imported late would be found late, and make Vite reload the page.
			include: ['idb', 'ky', 'spark-md5', 'hash-wasm', '@noble/hashes/hmac.js', '@noble/hashes/sha2.js'],
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
