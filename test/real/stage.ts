import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { Crc64 } from '../../emulator/store/crc64.js';
import type { RealSettings } from '../../scripts/real-settings.mjs';
import { type CredentialsAnswer, createSigner } from '../../src/sign.js';
import { startBrowser } from '../stories/browser.js';
import { buildSite } from '../stories/site.js';
import { Bucket } from './bucket.js';
import { Ledger } from './ledger.js';
import { openOrigin } from './origin.js';
import type { Tokens } from './tokens.js';
import { watchPage } from './wire.js';

const MiB = 1024 * 1024;

/** A file on the disk, and what its bytes are. */
export interface DiskFile {
	readonly path: string;
	readonly size: number;
	readonly sha256: string;
	/** Unsigned decimal. */
	readonly crc64: string;
}

/** What every step has: a page in a browser, the bucket as this process sees it, and a file. */
export interface Stage {
	readonly place: RealSettings['place'];
	/** What all keys begin with: of this run alone. */
	readonly prefix: string;
	readonly page: Page;
	readonly origin: string;
	readonly browser: string;
	readonly bucket: Bucket;
	readonly ledger: Ledger;
	readonly file: DiskFile;
	close(): Promise<void>;
}

export async function openStage({ place, prefix, port }: RealSettings, tokens: Tokens): Promise<Stage> {
	const ends: (() => Promise<unknown>)[] = [];
	const close = async () => {
		for (const end of ends.splice(0).reverse()) await end();
	};
	try {
		// Options that no uploader takes are refused here, before anything is built.
		const signer = createSigner({
			...place,
			credentials: () => tokens.answer() as Promise<CredentialsAnswer>,
		});
		const { url } = await signer.sign({ method: 'GET' });
		const ledger = new Ledger(url);
		const directory = await mkdtemp(join(tmpdir(), 'real-'));
		ends.push(() => rm(directory, { recursive: true, force: true }));
		const file = await writeFileOf(join(directory, 'film.bin'), 20 * MiB);
		const site = await buildSite(new URL('./page/', import.meta.url));
		ends.push(site.remove);
		const { origin, ...server } = await openOrigin(site.directory, tokens, port);
		ends.push(server.close);
		const browser = await startBrowser(join(directory, 'profile'));
		ends.push(browser.close);
		const page = await browser.newPage(origin);
		await watchPage(page, ledger);
		const own = `${prefix}oss-resumable-upload-test-${randomBytes(6).toString('hex')}/`;
		const bucket = new Bucket(signer, ledger);
		return { place, prefix: own, page, origin, browser: browser.version, bucket, ledger, file, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function writeFileOf(path: string, size: number): Promise<DiskFile> {
	const bytes = randomBytes(size);
	await writeFile(path, bytes);
	return { path, size, ...checksumsOf(bytes) };
}

export const checksumsOf = (bytes: Uint8Array): Pick<DiskFile, 'sha256' | 'crc64'> => ({
	sha256: createHash('sha256').update(bytes).digest('hex'),
	crc64: String(new Crc64().update(bytes).digest()),
});
