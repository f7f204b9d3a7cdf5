import { spawn } from 'node:child_process';

/** An X screen that nobody sees. */
export interface Screen {
	/** What DISPLAY has to be: `:99`. */
	readonly display: string;
	close(): void;
}

export async function openScreen(): Promise<Screen> {
	// It looks for a free number itself, and writes it to its output.
	const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const close = () => void server.kill('SIGKILL');
	process.once('exit', close);
	server.once('exit', () => process.off('exit', close));
	const number = await new Promise<string>((resolve, reject) => {
		server.once('error', reject);
		server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
		server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
	});
	return { display: `:${number}`, close };
}
