import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDesk } from './desk.js';
import { randomFile, sparseFile } from './files.js';
import type { World } from './page-run.js';
import { plot } from './plot.js';
import { report } from './report.js';
import type { Section } from './section.js';
import { startSink } from './sink-process.js';
import { manyParts } from './tables/checkpoints.js';
import { fingerprints } from './tables/fingerprints.js';
import { interruptions } from './tables/interruptions.js';
import { largeFile } from './tables/large.js';
import { partSizes } from './tables/part-sizes.js';
import { sizes } from './tables/sizes.js';
import { farAway, onALine, onLoopback } from './tables/throughput.js';
import { GiB, MiB, whole } from './units.js';

/*
 * The measurements behind the README's figures. It takes some 45 minutes of a machine that does nothing else, `--quick`
 * two; it fails only when it cannot measure. `--quick` writes nothing.
 */

const FULL = {
	rounds: 5,
	loopback: GiB,
	line: GiB,
	far: 256 * MiB,
	killed: 256 * MiB,
	large: 10 * GiB,
	partSizes: 64 * MiB,
	sizes: [1, 2, 4, 8, 16, 32],
	sizesRounds: 3,
	partCounts: [1000, 10_000],
};
const QUICK = {
	rounds: 1,
	loopback: 64 * MiB,
	line: 32 * MiB,
	far: 8 * MiB,
	killed: 32 * MiB,
	large: 256 * MiB,
	partSizes: 16 * MiB,
	sizes: [1, 4],
	sizesRounds: 1,
	partCounts: [200, 500],
};

async function measure(world: World, directory: string, scale: typeof FULL): Promise<Section[]> {
	const { rounds } = scale;
	const say = (section: Section): Section => {
		console.log(`\n${section.title}`);
		console.table(
			section.rows.map((row) => Object.fromEntries(section.columns.map((name, at) => [name, row[at]]))),
		);
		return section;
	};
	const file = (name: string, size: number) => randomFile(directory, name, size);
	return [
		say(await onLoopback(world, await file('loopback.bin', scale.loopback), scale.loopback, rounds)),
		say(await onALine(world, await file('line.bin', scale.line), scale.line, rounds)),
		say(await farAway(world, await file('far.bin', scale.far), scale.far, rounds)),
		say(await largeFile(world, await sparseFile(directory, 'large.bin', scale.large), scale.large)),
		say(await manyParts(world, directory, scale.partCounts, rounds)),
		say(
			await fingerprints(
				world,
				[
					{ name: 'a sparse file of 50 GiB', path: await sparseFile(directory, 'sparse.bin', 50 * GiB) },
					{
						name: `a real file of ${whole((2 * scale.loopback) / MiB)} MiB`,
						path: await file('real.bin', 2 * scale.loopback),
					},
				],
				rounds,
			),
		),
		say(await sizes()),
		say(await interruptions(world, await file('killed.bin', scale.killed), scale.killed)),
		say(await partSizes(world, await file('parts.bin', scale.partSizes), scale)),
	];
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

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const directory = await mkdtemp(join(tmpdir(), 'bench-'));
const world = { sink: await startSink(), desk: await startDesk() };
try {
	const sections = await measure(world, directory, values.quick ? QUICK : FULL);
	if (values.quick) {
		console.log('\nFiles of this size end before they are at speed: the figures to reach need the full run.');
	} else {
		const text = report(sections, machine());
		console.log(text.slice(0, text.indexOf('\n## (a)')));
		const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
		await writeFile(here('results.md'), text);
		await writeFile(here('results.svg'), plot(sections));
	}
} finally {
	await world.sink.close();
	await world.desk.close();
	await rm(directory, { recursive: true, force: true });
}
