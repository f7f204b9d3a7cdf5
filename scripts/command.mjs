import { spawn } from 'node:child_process';

/** Of npm alone: a .cmd file on Windows, which only a shell starts, and a shell takes one line of words. */
const isShellCommand = (command) => process.platform === 'win32' && command === 'npm';

/**
 * Runs a command in the foreground, its output going where ours goes, or into an open file.
 *
 * @param {string} command
 * @param {readonly string[]} args without spaces, where the command is npm
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number, quiet?: boolean, log?: number }} [options]
 * @returns {Promise<number>} its exit code; 1 when it could not be started, was killed, or took longer than `timeoutMs`
 */
export function run(command, args, { env = process.env, cwd, timeoutMs, quiet = false, log } = {}) {
	return new Promise((resolve) => {
		const output = quiet ? 'ignore' : (log ?? 'inherit');
		const input = output === 'inherit' ? 'inherit' : 'ignore';
		const options = { env, cwd, timeout: timeoutMs, stdio: [input, output, output] };
		const child = isShellCommand(command)
			? spawn([command, ...args].join(' '), { ...options, shell: true })
			: spawn(command, args, options);
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
