import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.mjs';

const SHOWN_LINES = 25;

/**
 * Runs commands whose output goes into files, and is shown only where one fails.
 *
 * @param {string} folder of these files
 */
export function loggedIn(folder) {
	mkdirSync(folder, { recursive: true });
	/**
	 * @param {string} name of the file, without `.log`
	 * @param {string} command
	 * @param {readonly string[]} args
	 * @param {string} cwd
	 * @returns {Promise<string>} the output
	 * @throws {Error} where it fails, with the end of the output
	 */
	return async (name, command, args, cwd) => {
		const path = join(folder, `${name}.log`);
		const log = openSync(path, 'w');
		const code = await run(command, args, { cwd, log }).finally(() => closeSync(log));
		const output = readFileSync(path, 'utf8').trimEnd();
		if (code === 0) return output;
		const end = output.split('\n').slice(-SHOWN_LINES);
		throw new Error([`it ended with ${code}, see ${path}`, ...end].join('\n    '));
	};
}
