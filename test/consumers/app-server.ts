import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serveFolder } from '../served.js';
import type { Command, Mode } from './consumer.js';
import type { InstalledApp } from './installed-app.js';

/** Dev servers compile when they are first asked. */
const START_MS = 120_000;
const BETWEEN_MS = 100;

export interface AppServer {
	readonly url: string;
	close(): Promise<unknown>;
}

/** Builds the app as the mode says, and serves it on loopback. */
export async function serveApp(app: InstalledApp, { build = [], serve }: Mode): Promise<AppServer> {
	for (const command of build) await app.run(command);
	return 'folder' in serve ? serveFolder(join(app.directory, serve.folder)) : startServer(app, serve.command);
}

/** `ready`: the path that answers once all is there; `port`: that of `%PORT%`. */
export async function startServer(
	app: Pick<InstalledApp, 'directory' | 'start'>,
	command: Command,
	{ ready = '', port: given }: { readonly ready?: string; readonly port?: number } = {},
): Promise<AppServer> {
	const port = given ?? (await freePort());
	const { file, args, env } = app.start(command);
	const child = spawn(
		file,
		args.map((arg) => arg.replace('%PORT%', String(port))),
		// A process group of its own: what it starts itself ends with it.
		{
			cwd: app.directory,
			env: { ...env, HOST: '127.0.0.1', PORT: String(port) },
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	let said = '';
	const listen = (chunk: Buffer) => {
		said += chunk;
	};
	child.stdout.on('data', listen);
	child.stderr.on('data', listen);
	const exited = once(child, 'exit').catch(() => {});
	const kill = () => process.kill(-(child.pid ?? 0), 'SIGKILL');
	process.once('exit', kill);
	child.once('exit', () => process.off('exit', kill));
	const close = async () => {
		if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) kill();
		await exited;
	};
	const url = `http://127.0.0.1:${port}/`;
	const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
	if (await answers(url + ready, hasEnded)) return { url, close };
	await close();
	throw new Error(`${command.join(' ')} serves nothing:\n${said.slice(-4000)}`);
}

/** Until the server does, it ends, or it is too late. */
async function answers(url: string, hasEnded: () => boolean): Promise<boolean> {
	const deadline = AbortSignal.timeout(START_MS);
	while (!deadline.aborted && !hasEnded()) {
		const isThere = await fetch(url, { signal: deadline }).then(
			({ ok }) => ok,
			() => false,
		);
		if (isThere) return true;
		await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
	}
	return false;
}

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (typeof address === 'object' && address) return address.port;
	throw new Error('No port is free');
}
