// Uploads to a real bucket, where the environment names one: see test/real/run.ts.
import { ensurePackages } from './ensure-packages.mjs';
import { requireNode } from './node-version.mjs';
import { realSettings } from './real-settings.mjs';

const SKIPPED = `test:real: skipped, since no bucket is named. It needs OSS_TEST_BUCKET, OSS_TEST_REGION and OSS_TEST_STS_URL:
see "A real bucket" in CONTRIBUTING.md.`;

async function testReal(settings) {
	await ensurePackages();
	const { findBrowser } = await import('./find-browser.mjs');
	process.env.CHROMIUM_PATH = await findBrowser();
	const { register } = await import('tsx/esm/api');
	register();
	const real = await import('../test/real/run.ts');
	return real.testReal(settings);
}

requireNode();
try {
	const settings = realSettings(process.env);
	if (settings) process.exitCode = (await testReal(settings)) ? 0 : 1;
	else console.log(SKIPPED);
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
