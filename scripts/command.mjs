import { spawn } from 'node:child_process';

/**
 * Runs a command in the foreground, its output going where ours goes.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number, quiet?: boolean }} [options]
 * @returns {Promise<number>} its exit code; 1 when it could not be started, was killed, or took longer than `timeoutMs`
 */
export function run(command, args, { env = process.env, timeoutMs, quiet = false } = {}) {
	return new Promise((resolve) => {
		// npm is a .cmd file on Windows, which only a shell starts.
		const shell = process.platform === 'win32' && command === 'npm';
		const child = spawn(command, args, {
			env,
			shell,
			timeout: timeoutMs,
			stdio: quiet ? 'ignore' : 'inherit',
		});
		// An interrupt from the terminal reaches the child too: it ends first, and we report what it answered.
		const wait = () => undefined;
		const stop = () => child.kill('SIGTERM');
		process.on('SIGINT', wait).on('SIGTERM', stop);
		const end = (code) => {
			process.off('SIGINT', wait).off('SIGTERM', stop);
			resolve(code ?? 1);
		};
		child.on('error', () => end(1));
		child.on('exit', end);
	});
}
