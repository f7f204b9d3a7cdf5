import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDesk } from './desk.js';
import { plot } from './plot.js';
import type { Origin } from './report.js';
import { keepPicture, keepTable } from './results.js';
import { FULL, QUICK } from './scale.js';
import type { Section } from './section.js';
import { startSink } from './sink-process.js';
import { type TableName, tableNames } from './table-names.js';
import { type Bench, TABLES } from './tables.js';
import { whole } from './units.js';

/*
 * The measurements behind the README's figures. All of them take some two hours of a machine that does nothing else,
 * `--quick` five minutes. `--only many-files,fair-queue` measures these tables. What was measured is written down, a
 * table as soon as it is complete; with `--quick` nothing is.
 */

/** The tables that the picture shows. */
const DRAWN: readonly TableName[] = ['loopback', 'line', 'far'];

type Measured = ReadonlyMap<TableName, readonly Section[]>;

/** A table that cannot be measured does not cost the others. */
async function measure(bench: Bench, names: readonly TableName[], origin: Origin | undefined) {
	const measured = new Map<TableName, readonly Section[]>();
	for (const name of names) {
		const startedAt = performance.now();
		try {
			const sections: Section[] = [];
			for await (const section of TABLES[name](bench)) {
				show(section);
				sections.push(section);
			}
			if (origin) await keepTable(name, sections, origin);
			measured.set(name, sections);
			console.log(`  ${name} took ${whole((performance.now() - startedAt) / 1000)} s`);
		} catch (error) {
			console.error(error);
		}
	}
	return measured;
}

function show({ title, columns, rows }: Section): void {
	console.log(`\n${title}`);
	console.table(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
}

/** The figures to reach, and the picture where all that it shows was measured. */
async function conclude(measured: Measured): Promise<void> {
	const sections = [...measured.values()].flat();
	const figures = sections.flatMap((section) => section.figures ?? []);
	console.table(
		figures.map(({ what, must, measured, isReached }) => ({ figure: what, must, measured, isReached })),
	);
	if (DRAWN.every((name) => measured.has(name))) await keepPicture(plot(sections));
}

/** The figures would be worth nothing if nobody knew where they come from. */
function originOfFigures(): Origin {
	const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
	// Debian's starter complains on standard error.
	const browser = execFileSync(process.env.CHROMIUM_PATH ?? 'chromium', ['--version'], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	// Behind the version some tell for which system they were built.
	const [name = 'unknown'] = /^\D*[\d.]+/.exec(browser.toString()) ?? [];
	const processors = cpus();
	const machine = `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${name}`;
	return { version, date: new Date().toISOString().slice(0, 10), machine };
}

/** For all that is written beside the results: what this process starts keeps its own temporary files there, too. */
function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'bench-'));
	process.env.TMPDIR = folder;
	return folder;
}

/** Leaves nothing behind. The sink ends with its parent. */
function endWhenInterrupted(folder: string): void {
	const end = () => {
		// Each browser that runs has set a listener that kills it: this one comes after them.
		process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
		process.exit(1);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end);
	// A SIGTERM for npm ends npm alone.
	const parent = process.ppid;
	setInterval(() => process.ppid === parent || end(), 1000).unref();
}

const { values } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const names = tableNames(values.only);
const origin = values.quick ? undefined : originOfFigures();
const directory = temporaryFolder();
endWhenInterrupted(directory);
const world = { sink: await startSink(), desk: await startDesk() };
try {
	const scale = values.quick ? QUICK : FULL;
	const measured = await measure({ world, directory, scale }, names, origin);
	if (origin) await conclude(measured);
	else
		console.log('\nFiles of this size end before they are at speed: the figures to reach need the full run.');
	const failed = names.filter((name) => !measured.has(name));
	if (failed.length > 0) throw new Error(`Could not be measured: ${failed.join(', ')}`);
} finally {
	await world.sink.close();
	await world.desk.close();
	await rm(directory, { recursive: true, force: true });
}
