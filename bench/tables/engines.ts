import type { Engine, EngineName } from '../../test/engines/port.js';
import { startVisitor, type Visitor } from '../chromium.js';
import { startEngineVisitor } from '../engine-visitor.js';
import type { CandidateName } from '../page/task.js';
import { runWatchedPage, type World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { PARALLEL, takeTurns } from '../race.js';
import { atLeast, type Section } from '../section.js';
import { median, medianRatio } from '../statistics.js';
import { inMiB, MiB, ratio, seconds, whole } from '../units.js';

/** The share of this engine's own bare fetch that is to be reached with crc64. */
const MUST: Readonly<Record<EngineName, number>> = { chromium: 0.85, firefox: 0.8, webkit: 0.6 };

const TITLES: Readonly<Record<EngineName, string>> = {
	chromium: 'Chromium',
	firefox: 'Firefox',
	webkit: 'WebKitGTK',
};

/** Each at the part size that ours takes for a file of this size. */
const CONTENDERS = [
	{ name: 'bare fetch, 8 MiB', candidate: 'bare', partSize: 8 * MiB },
	{ name: 'ours, crc64 (auto)', candidate: 'crc64' },
	{ name: 'ours, none (auto)', candidate: 'none' },
] as const satisfies readonly { name: string; candidate: CandidateName; partSize?: number }[];

type Contender = { readonly name: string; readonly candidate: CandidateName; readonly partSize?: number };

/** The same file by each engine, against that engine's own bare fetch. */
export async function inEngines(world: World, file: string, size: number, rounds: number): Promise<Section> {
	const { ENGINES } = await import('../../test/engines/engines.js');
	const measured = [];
	for (const engine of ENGINES.filter(({ lacking }) => lacking.length === 0)) {
		measured.push(await inEngine(world, engine, file, rounds));
	}
	return {
		title: `(q) ${whole(size / MiB)} MiB on loopback in three engines`,
		text: 'Ratios are against bare fetch in the same engine. In Firefox and WebKitGTK the driver stays attached. Those that the machine lacks are left out.',
		columns: ['engine', 'candidate', 'seconds', 'MiB/s', 'rate against bare fetch', 'all processes, MiB'],
		rows: measured.flatMap(({ title, samples, rateOf }) =>
			[...samples].map(([name, runs]) => {
				const ms = median(runs.map((run) => run.ms));
				const memory = median(runs.map((run) => run.peakMemory ?? Number.NaN));
				return [
					title,
					name,
					seconds(ms),
					whole(size / MiB / (ms / 1000)),
					ratio(rateOf(name)),
					inMiB(memory),
				];
			}),
		),
		figures: measured.map(({ engine, rateOf }) =>
			atLeast(`${TITLES[engine]}, crc64, against its bare fetch`, MUST[engine], rateOf('ours, crc64 (auto)')),
		),
	};
}

async function inEngine(world: World, engine: Engine, file: string, rounds: number) {
	// A browser of each engine for all its turns: to start one takes seconds.
	const visitor: Visitor & { version?: string } =
		engine.name === 'chromium' ? await startVisitor() : await startEngineVisitor(engine);
	try {
		const samples = await takeTurns<Contender, Awaited<ReturnType<typeof turn>>>(
			CONTENDERS,
			rounds,
			(contender) => turn(world, contender, file, visitor),
		);
		const times = (name: string) => (samples.get(name) ?? []).map(({ ms }) => ms);
		return {
			engine: engine.name,
			title: visitor.version ?? TITLES[engine.name],
			samples,
			rateOf: (name: string) => medianRatio(times(CONTENDERS[0].name), times(name)),
		};
	} finally {
		await visitor.close();
	}
}

async function turn(world: World, { candidate, partSize }: Contender, file: string, visitor: Visitor) {
	const settings = partSize === undefined ? {} : { partSize, parallel: PARALLEL };
	const task = { type: 'upload', candidate, sink: world.sink.url, ...settings } as const;
	const { report, processes } = await runWatchedPage(world, task, [file], LOOPBACK, visitor);
	if (report.upload === undefined) throw new Error('The page reported no upload');
	return { ms: report.upload.ms, peakMemory: processes.peakMemory };
}
