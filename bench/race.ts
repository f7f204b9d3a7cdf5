import type { CandidateName, UploadReport } from './page/task.js';
import { runPage, type World } from './page-run.js';
import type { ProcessFigures } from './processes.js';
import type { Profile } from './profile.js';

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

/** All contenders in turn, round after round, each round begun by another: the machine's drift falls on all alike. */
export async function race(
	world: World,
	file: string,
	contenders: readonly Contender[],
	rounds: number,
): Promise<Samples> {
	const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (let turn = 0; turn < contenders.length; turn++) {
			const contender = contenders[(turn + round) % contenders.length];
			if (contender === undefined) continue;
			const sample = await run(world, file, contender);
			samples.get(contender.name)?.push(sample);
			console.log(`  round ${round + 1}  ${contender.name.padEnd(32)} ${(sample.ms / 1000).toFixed(2)} s`);
		}
	}
	return samples;
}

async function run(world: World, file: string, contender: Contender): Promise<Sample> {
	const { candidate, profile, partSize } = contender;
	const settings = partSize === undefined ? {} : { partSize, parallel: PARALLEL };
	const task = { type: 'upload', candidate, sink: world.sink.url, ...settings } as const;
	const { report, processes, seen } = await runPage(world, task, file, profile);
	if (report.upload === undefined) throw new Error('The page reported no upload');
	return { ...report.upload, ...processes, partsStored: seen.partsStored };
}
