// Steps that need no browser, one after another: `node scripts/steps.mjs check`. The first that fails is the last.
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { installedTool } from './installed-tool.mjs';
import { isMain } from './is-main.mjs';

/** @typedef {{ title: string, tool: string, args: readonly string[] }} Step */

/** @type {Readonly<Record<'check' | 'build', readonly Step[]>>} */
export const STEPS = {
	check: [
		{ title: 'Format, lint and layers', tool: 'biome', args: ['check', '.'] },
		{ title: 'Types', tool: 'tsc', args: ['-p', 'tsconfig.json'] },
	],
	build: [
		// First, since it empties dist.
		{ title: 'Build', tool: 'vite', args: ['build'] },
		{ title: 'Standalone', tool: 'vite', args: ['build', '--config', 'vite.standalone.config.ts'] },
		{ title: 'Sign', tool: 'vite', args: ['build', '--config', 'vite.sign.config.ts'] },
		{ title: 'Emulator', tool: 'vite', args: ['build', '--config', 'vite.emulator.config.ts'] },
		{ title: 'Declarations', tool: 'tsc', args: ['-p', 'tsconfig.build.json'] },
		{ title: 'Declarations of the emulator', tool: 'tsc', args: ['-p', 'tsconfig.emulator.json'] },
	],
};

const cwd = fileURLToPath(new URL('../', import.meta.url));

/**
 * @param {Step} step
 * @returns {Promise<number>} the tool's exit code
 */
export const runStep = ({ tool, args }) => run(process.execPath, [installedTool(tool), ...args], { cwd });

async function runAll(name) {
	const steps = STEPS[name];
	if (!steps) throw new Error(`Say what to run: ${Object.keys(STEPS).join(' or ')}.`);
	for (const step of steps) {
		const code = await runStep(step);
		if (code !== 0) return code;
	}
	return 0;
}

if (isMain(import.meta.url)) {
	try {
		process.exitCode = await runAll(process.argv[2] ?? '');
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
