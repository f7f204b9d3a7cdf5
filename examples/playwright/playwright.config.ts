import { defineConfig } from 'playwright/test';

// Set where the browser is not the one that Playwright installs.
const { CHROMIUM_PATH } = process.env;

export default defineConfig({
	testMatch: '*.spec.ts',
	// The tests share one emulator.
	workers: 1,
	reporter: 'list',
	use: {
		baseURL: 'http://127.0.0.1:9124',
		launchOptions: CHROMIUM_PATH === undefined ? {} : { executablePath: CHROMIUM_PATH },
	},
	webServer: [
		{ command: 'npx oss-emulator --port 9123', url: 'http://127.0.0.1:9123/-/stats' },
		{ command: 'npx vite --host 127.0.0.1 --port 9124 --strictPort', url: 'http://127.0.0.1:9124' },
	],
});
