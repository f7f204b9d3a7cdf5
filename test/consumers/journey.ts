import type { ShippedPackage } from '../package/shipped-package.js';
import { serveFolder } from '../served.js';
import { serveApp } from './app-server.js';
import type { Consumer, Mode, Outcome } from './consumer.js';
import { type InstalledApp, installApp, writeFiles } from './installed-app.js';
import type { Visitor } from './visit.js';

export interface Result {
	readonly name: string;
	readonly version: string;
	readonly mode: Mode['name'];
	/** Or why it came to none. */
	readonly outcome: Outcome | Error;
}

/** Installs the app and visits it in each of the modes. A mode that fails does not keep the next from its turn. */
export async function tryConsumer(
	consumer: Consumer,
	shipped: ShippedPackage,
	visitor: Visitor,
	modes: readonly Mode[] = consumer.modes,
): Promise<readonly Result[]> {
	const { name } = consumer;
	const failed = (outcome: Error) => modes.map((mode) => ({ name, version: '', mode: mode.name, outcome }));
	const app = await installApp(consumer, shipped).catch((error: Error) => error);
	if (app instanceof Error) return failed(app);
	const cdn = await openCdn(consumer, app);
	try {
		const results: Result[] = [];
		for (const mode of modes) {
			const outcome = await tryMode(app, mode, visitor).catch((error: Error) => error);
			results.push({ name, version: app.version, mode: mode.name, outcome });
		}
		return results;
	} finally {
		await cdn?.close();
		await app.remove();
	}
}

async function tryMode(app: InstalledApp, mode: Mode, visitor: Visitor): Promise<Outcome> {
	const server = await serveApp(app, mode);
	try {
		return await visitor.visit(server.url);
	} finally {
		await server.close();
	}
}

async function openCdn({ cdn, files }: Consumer, { directory }: InstalledApp) {
	if (cdn === undefined) return undefined;
	const served = await serveFolder(`${directory}/${cdn}`, { 'Access-Control-Allow-Origin': '*' });
	const addressed = Object.entries(files).map(([path, text]) => [path, text.replaceAll('%CDN%', served.url)]);
	await writeFiles(directory, Object.fromEntries(addressed));
	return served;
}

/** It uploads, resumes, and has its worker. */
export const isGood = ({ outcome }: Result): boolean =>
	!(outcome instanceof Error) &&
	outcome.uploads &&
	outcome.resumes &&
	outcome.worker !== 'none' &&
	outcome.warnings.length === 0;
