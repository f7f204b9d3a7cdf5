import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../../emulator/index.js';
import { type AppServer, freePort, startServer } from '../consumers/app-server.js';
import type { Command } from '../consumers/consumer.js';
import { commandsOf, runNpm, writeFiles } from '../consumers/installed-app.js';
import type { ShippedPackage } from '../package/shipped-package.js';
import type { Step } from './start-page.js';

/** What comes out tomorrow must not break today's tests. The package itself is the one that was packed. */
const VERSIONS: Readonly<Record<string, string>> = {
	vite: '8.3.8',
	vue: '3.5.45',
	'@vitejs/plugin-vue': '6.0.11',
	next: '16.4.6',
	react: '19.3.1',
	'react-dom': '19.3.1',
	'@alicloud/sts20150401': '1.2.0',
};

/** Dev servers that a page starts by their bare command: here at a port of their own. */
const AT_PORT: Readonly<Record<string, readonly string[]>> = {
	vite: ['--host', '127.0.0.1', '--port', '%PORT%', '--strictPort'],
	next: ['--hostname', '127.0.0.1', '--port', '%PORT%'],
};

/** Somebody who does what a start page says, in an empty folder, word by word but for ports, versions and the account. */
export class Walker {
	readonly #shipped: ShippedPackage;
	readonly #top: string;
	/** Where `cd` has led. */
	#folder: string;
	readonly #servers: AppServer[] = [];
	readonly #ports: { readonly emulator: number; readonly sts: number };
	/** Stands for Alibaba Cloud, in the second part. */
	#cloud: Emulator | undefined;

	private constructor(shipped: ShippedPackage, top: string, ports: { emulator: number; sts: number }) {
		this.#shipped = shipped;
		this.#top = top;
		this.#folder = top;
		this.#ports = ports;
	}

	static async set(shipped: ShippedPackage): Promise<Walker> {
		const top = await mkdtemp(join(tmpdir(), 'walk-'));
		return new Walker(shipped, top, { emulator: await freePort(), sts: await freePort() });
	}

	/** The address of the page's own emulator. */
	get emulator(): string {
		return `http://127.0.0.1:${this.#ports.emulator}`;
	}

	/** Resolves with the address of the app, that of the last server that was started. */
	async walk(steps: readonly Step[], cloud?: Emulator): Promise<string> {
		this.#cloud = cloud;
		await this.#closeServers();
		for (const step of steps) await this.#take(step);
		const url = this.#servers.at(-1)?.url;
		if (url === undefined) throw new Error('The page starts nothing');
		return url;
	}

	async end(): Promise<void> {
		await this.#closeServers();
		await rm(this.#top, { recursive: true, force: true, maxRetries: 5 });
	}

	async #closeServers(): Promise<void> {
		for (const server of this.#servers.splice(0).reverse()) await server.close();
	}

	async #take(step: Step): Promise<void> {
		if (step.type === 'file')
			return writeFiles(this.#folder, { [step.name]: this.#asHere(step.name, step.text) });
		if (step.type === 'serve') return this.#serve(this.#atPorts(step.command).split(' '));
		for (const line of step.lines) await this.#run(line.split(' '));
	}

	async #run([command = '', ...args]: readonly string[]): Promise<void> {
		const [first = '', second = ''] = args;
		if (command === 'mkdir') await mkdir(join(this.#folder, first));
		else if (command === 'cd') this.#folder = join(this.#folder, first);
		else if (command === 'cp') await cp(join(this.#folder, first), this.#copyTo(first, second));
		else if (command === 'npm')
			await runNpm(this.#folder, first, ...args.slice(1).map((name) => this.#pinned(name)));
		else throw new Error(`This does not know how to do ${command}`);
	}

	#copyTo(from: string, to: string): string {
		return join(this.#folder, to, to.endsWith('.') ? (from.split('/').at(-1) ?? '') : '');
	}

	#pinned(word: string): string {
		if (word === this.#shipped.manifest.name) return this.#shipped.tarball;
		const version = VERSIONS[word];
		return version === undefined ? word : `${word}@${version}`;
	}

	async #serve([command = '', ...args]: readonly string[]): Promise<void> {
		const words = command === 'npx' ? args : [command, ...args];
		const [tool = ''] = words;
		const app = { directory: this.#folder, ...commandsOf(this.#folder) };
		const full: Command = [tool, ...words.slice(1), ...(AT_PORT[tool] ?? [])];
		this.#servers.push(await startServer(app, full, this.#placeOf(words)));
	}

	#placeOf(words: readonly string[]): { readonly ready?: string; readonly port?: number } {
		if (words[0] === 'oss-emulator') return { port: this.#ports.emulator, ready: '-/stats' };
		if (words.at(-1) === 'server/server.js') return { port: this.#ports.sts, ready: 'sts' };
		return {};
	}

	#atPorts = (text: string): string =>
		text
			.replaceAll('9000', String(this.#ports.emulator))
			.replaceAll('127.0.0.1:3000', `127.0.0.1:${this.#ports.sts}`)
			// Nobody has to see it.
			.replace(/--bytes-per-second \d+/, '--bytes-per-second 1000000000');

	/** With the emulator in place of Alibaba Cloud. */
	#asHere(name: string, text: string): string {
		const cloud = this.#cloud;
		if (!cloud) return this.#atPorts(text);
		if (name.startsWith('.env')) return environment(text, cloud);
		const region = "region: 'cn-hangzhou',";
		return this.#atPorts(text).replace(region, `${region} endpoint: '${cloud.url}',`);
	}
}

const environment = (text: string, { url, accessKeyId, accessKeySecret }: Emulator): string =>
	`${text
		.replace(/^(OSS_ACCESS_KEY_ID)=.*$/m, `$1=${accessKeyId}`)
		.replace(/^(OSS_ACCESS_KEY_SECRET)=.*$/m, `$1=${accessKeySecret}`)}STS_ENDPOINT=${url}\n`;
