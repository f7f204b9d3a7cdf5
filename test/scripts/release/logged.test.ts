import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

type Command = (name: string, command: string, args: readonly string[], cwd: string) => Promise<string>;

const { loggedIn }: { loggedIn(folder: string): Command } = await import(
	new URL('../../../scripts/release/logged.mjs', import.meta.url).href
);

let directory: string;
let command: Command;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'logged-'));
	command = loggedIn(join(directory, 'logs', 'new'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const node = (script: string): Promise<string> =>
	command('script', process.execPath, ['-e', script], directory);

test('what a command says on both its ways goes into a file, and is answered', async () => {
	const output = await node('console.log(process.cwd()); console.error("and this")');
	expect(output).toMatch(/logged-\w+\nand this$/);
	expect(await readFile(join(directory, 'logs/new/script.log'), 'utf8')).toBe(`${output}\n`);
});

test('where it fails its end is told, and where the rest is', async () => {
	const failing = node('for (let at = 1; at <= 100; at++) console.log("line", at); process.exitCode = 3');
	await expect(failing).rejects.toThrow(
		/^it ended with 3, see .*script\.log\n {4}line 76\n(.*\n){23} {4}line 100$/,
	);
});

test('a command that is not there has failed', async () => {
	await expect(command('none', 'no-such-command', [], directory)).rejects.toThrow('it ended with 1');
});
