import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDesk } from './desk.js';
import { plot } from './plot.js';
import { report } from './report.js';
import { FULL, QUICK } from './scale.js';
import type { Section } from './section.js';
import { startSink } from './sink-process.js';
import { type Bench, TABLES } from './tables.js';
import { GiB, whole } from './units.js';

/*
 * The measurements behind the README's figures. It takes some two hours of a machine that does nothing else, `--quick`
 * five minutes. `--only many-files,fair-queue` measures these tables. Only a full run of all tables is written down:
 * figures of different runs do not belong on one page.
 */

/** A table that cannot be measured does not cost the others. */
async function measure(bench: Bench, names: readonly string[]) {
	const sections: Section[] = [];
	const failed: string[] = [];
	for (const name of names) {
		const startedAt = performance.now();
		try {
			for await (const section of TABLES[name]?.(bench) ?? []) {
				show(section);
				sections.push(section);
			}
			console.log(`  ${name} took ${whole((performance.now() - startedAt) / 1000)} s`);
		} catch (error) {
			failed.push(name);
			console.error(error);
		}
	}
	return { sections, failed };
}

function show({ title, columns, rows }: Section): void {
	console.log(`\n${title}`);
	console.table(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
}

/** All of them when none is named. */
function tableNames(only: string | undefined): readonly string[] {
	const all = Object.keys(TABLES);
	const names = only?.split(',') ?? all;
	const unknown = names.find((name) => !all.includes(name));
	if (unknown !== undefined) throw new Error(`There is no table ${unknown}: ${all.join(', ')}`);
	return names;
}

/** The figures would be worth nothing if nobody knew where they come from. */
function machine(): string {
	// Debian's starter complains on standard error.
	const browser = execFileSync(process.env.CHROMIUM_PATH ?? 'chromium', ['--version'], {
		stdio: ['ignore', 'pipe', 'ignore'],
	})
		.toString()
		.trim();
	const processors = cpus();
	return `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / GiB)} GiB, ${browser}, Node ${process.versions.node}`;
}

// So that what was started is ended.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const names = tableNames(values.only);
const directory = await mkdtemp(join(tmpdir(), 'bench-'));
const world = { sink: await startSink(), desk: await startDesk() };
try {
	const scale = values.quick ? QUICK : FULL;
	const { sections, failed } = await measure({ world, directory, scale }, names);
	const text = report(sections, machine());
	if (values.quick) {
		console.log('\nFiles of this size end before they are at speed: the figures to reach need the full run.');
	} else if (values.only !== undefined || failed.length > 0) {
		console.log(text);
	} else {
		console.log(text.slice(0, text.indexOf('\n## (a)')));
		const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
		await writeFile(here('results.md'), text);
		await writeFile(here('results.svg'), plot(sections));
	}
	if (failed.length > 0) throw new Error(`Could not be measured: ${failed.join(', ')}`);
} finally {
	await world.sink.close();
	await world.desk.close();
	await rm(directory, { recursive: true, force: true });
}
