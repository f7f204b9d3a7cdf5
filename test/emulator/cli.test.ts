import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../emulator/cli.ts', import.meta.url));
const COMMAND = [process.execPath, '--import', 'tsx', CLI] as const;
/** Compiling takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000 };

const started: ChildProcess[] = [];
afterEach(() => {
	for (const child of started.splice(0)) child.kill('SIGKILL');
});

function run(file: string, args: readonly string[]): ChildProcess {
	const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	started.push(child);
	return child;
}

const emulator = (...args: readonly string[]): ChildProcess =>
	run(COMMAND[0], [...COMMAND.slice(1), ...args]);

/** What it prints up to the line that begins so. */
async function printed(child: ChildProcess, last: string): Promise<string> {
	if (!child.stdout) throw new Error('There is no output');
	let text = '';
	for await (const line of createInterface({ input: child.stdout })) {
		text += `${line}\n`;
		if (line.startsWith(last)) return text;
	}
	throw new Error(`It ended with ${text}`);
}

const urlIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';

test('it says where it listens, has the buckets that it is told, and ends on SIGTERM', PATIENCE, async () => {
	const child = emulator('--bucket', 'films', '--bucket', 'music', '--region', 'ap-southeast-1');
	const text = await printed(child, 'tokens');
	expect(text).toMatch(/region +ap-southeast-1\nbucket +films, music\n/);
	const url = urlIn(text);
	expect((await fetch(`${url}/-/uploads/films`)).status).toBe(200);
	child.kill('SIGTERM');
	expect(await once(child, 'exit')).toEqual([0, null]);
	await expect(fetch(url)).rejects.toThrow();
});

test('it ends with the process that started it, even when that was killed', PATIENCE, async () => {
	const script = `
		const { spawn } = require('node:child_process');
		const [file, ...args] = ${JSON.stringify(COMMAND)};
		spawn(file, args, { stdio: 'inherit', detached: true });
	`;
	const parent = run(process.execPath, ['-e', script]);
	const url = urlIn(await printed(parent, 'tokens'));
	expect((await fetch(`${url}/-/stats`)).status).toBe(200);
	parent.kill('SIGKILL');
	// The emulator holds the other end of these, and nobody else does.
	await once(parent, 'close');
	await expect(fetch(url)).rejects.toThrow();
});

test('it reads as slowly as it is told, so that there is time to interrupt an upload', PATIENCE, async () => {
	const child = emulator('--bytes-per-second', '100000');
	const url = urlIn(await printed(child, 'tokens'));
	const began = performance.now();
	// Refused, since nobody signed it, but read first.
	await fetch(`${url}/examplebucket/film`, { method: 'PUT', body: new Uint8Array(100_000) });
	expect(performance.now() - began).toBeGreaterThan(800);
});

test.each([
	[['--port', 'soon'], /--port is a number from 0 to 65535, and not soon/],
	[['--bytes-per-second', 'slow'], /--bytes-per-second is a number from 1 on, and not slow/],
	[['--prot', '1'], /Unknown option '--prot'/],
])('%j is refused with a sentence', PATIENCE, async (args, message) => {
	const child = emulator(...args);
	let said = '';
	child.stderr?.on('data', (data) => {
		said += data;
	});
	expect(await once(child, 'close')).toEqual([1, null]);
	expect(said).toMatch(message);
	expect(said).not.toContain('    at ');
});
