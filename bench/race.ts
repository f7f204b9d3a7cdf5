import type { CandidateName, UploadReport } from './page/task.js';
import { runWatchedPage, type World } from './page-run.js';
import type { ProcessFigures } from './processes.js';
import type { Profile } from './profile.js';
import { inTurn } from './rotation.js';
import { type Rounds, roundsFor } from './rounds.js';

/** One way to upload a file. */
export interface Contender {
	/** As the tables name it. */
	readonly name: string;
	readonly candidate: CandidateName;
	readonly profile: Profile;
	/** Bytes; the candidate's own default when left out, and so is the number of parallel requests. */
	readonly partSize?: number;
}

/** One upload of one contender. */
export interface Sample extends UploadReport, ProcessFigures {
	readonly partsStored: number;
}

/** The samples of each contender by name, one a round. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** At the same part size all send so many requests at once. */
export const PARALLEL = 5;

/** The contenders upload the same file in turn. */
export const race = (
	world: World,
	file: string,
	contenders: readonly Contender[],
	rounds: number,
): Promise<Samples> => takeTurns(contenders, rounds, (contender) => run(world, file, contender));

/** What each contender's turns gave, by its name, one a round. */
export async function takeTurns<C extends { readonly name: string }, S extends { readonly ms: number }>(
	contenders: readonly C[],
	rounds: number | Rounds,
	run: (contender: C, round: number) => Promise<S>,
): Promise<ReadonlyMap<string, readonly S[]>> {
	const samples = new Map<string, S[]>(contenders.map(({ name }) => [name, []]));
	const times: number[] = [];
	const count = () => (typeof rounds === 'number' ? rounds : roundsFor(rounds, times));
	for (const { contender, round } of inTurn(contenders, count)) {
		const sample = await run(contender, round);
		samples.get(contender.name)?.push(sample);
		times.push(sample.ms);
		console.log(`  round ${round + 1}  ${contender.name.padEnd(32)} ${(sample.ms / 1000).toFixed(2)} s`);
	}
	return samples;
}

async function run(world: World, file: string, contender: Contender): Promise<Sample> {
	const { candidate, profile, partSize } = contender;
	const settings = partSize === undefined ? {} : { partSize, parallel: PARALLEL };
	const task = { type: 'upload', candidate, sink: world.sink.url, ...settings } as const;
	const { report, processes, seen } = await runWatchedPage(world, task, [file], profile);
	if (report.upload === undefined) throw new Error('The page reported no upload');
	return { ...report.upload, ...processes, partsStored: seen.partsStored };
}
