import { randomFile, randomFiles, sparseFile } from './files.js';
import { mixedSizes } from './mixed-sizes.js';
import type { World } from './page-run.js';
import type { Scale } from './scale.js';
import type { Section } from './section.js';
import type { TableName } from './table-names.js';
import { manyParts } from './tables/checkpoints.js';
import { inEngines } from './tables/engines.js';
import { fairQueue } from './tables/fair-queue.js';
import { fingerprints } from './tables/fingerprints.js';
import { firstProgress } from './tables/first-progress.js';
import { interruptions } from './tables/interruptions.js';
import { keepCopy } from './tables/keep-copy.js';
import { largeFile } from './tables/large.js';
import { type FileSet, manyFiles } from './tables/many-files.js';
import { memoryOfWaiting } from './tables/memory-of-waiting.js';
import { partSizes } from './tables/part-sizes.js';
import { sizes } from './tables/sizes.js';
import { skipSame } from './tables/skip-same.js';
import { farAway, onALine, onLoopback } from './tables/throughput.js';
import { GiB, KiB, MiB, whole } from './units.js';

/** What a table is measured with: its files lie in the folder. */
export interface Bench {
	readonly world: World;
	readonly directory: string;
	readonly scale: Scale;
}

type Table = (bench: Bench) => AsyncIterable<Section>;

const IN_PARTS =
	'Of these files one in six is larger than 4 MiB. By us it goes out in parts, so that it can be resumed: with Initiate, Complete and the preflights that browsers send for each, eight to fourteen requests instead of two. Each costs some milliseconds of processor, which on loopback add up to as much as the bytes themselves.';

export const TABLES: Readonly<Record<TableName, Table>> = {
	async *loopback({ world, directory, scale: { loopback, loopbackRounds } }) {
		const file = await randomFile(directory, 'loopback.bin', loopback);
		yield onLoopback(world, file, loopback, loopbackRounds);
	},
	async *line({ world, directory, scale: { line, rounds } }) {
		yield onALine(world, await randomFile(directory, 'line.bin', line), line, rounds);
	},
	async *far({ world, directory, scale: { far, rounds } }) {
		yield farAway(world, await randomFile(directory, 'far.bin', far), far, rounds);
	},
	async *large({ world, directory, scale: { large } }) {
		yield largeFile(world, await sparseFile(directory, 'large.bin', large), large);
	},
	async *'many-parts'({ world, directory, scale: { partCounts, rounds } }) {
		yield manyParts(world, directory, partCounts, rounds);
	},
	async *fingerprints({ world, directory, scale: { loopback, rounds } }) {
		const sparse = await sparseFile(directory, 'sparse.bin', 50 * GiB);
		const real = await randomFile(directory, 'real.bin', 2 * loopback);
		const files = [
			{ name: 'a sparse file of 50 GiB', path: sparse },
			{ name: `a real file of ${whole((2 * loopback) / MiB)} MiB`, path: real },
		];
		yield fingerprints(world, files, rounds);
	},
	async *sizes() {
		yield sizes();
	},
	async *interruptions({ world, directory, scale: { killed } }) {
		yield interruptions(world, await randomFile(directory, 'killed.bin', killed), killed);
	},
	async *'part-sizes'({ world, directory, scale }) {
		const file = await randomFile(directory, 'parts.bin', scale.partSizes);
		const slowFile = await randomFile(directory, 'slow-parts.bin', scale.partSizesSlow);
		yield partSizes(world, [file, slowFile], scale);
	},
	async *'many-files'(bench) {
		const { world, scale } = bench;
		const [small, medium, large, mixed] = scale.manyFiles;
		const rounds = scale.manyFilesRounds;
		const of = (count: number, size: number) => new Array<number>(count).fill(size);
		const set = (name: string, all: readonly number[], least?: FileSet['least']) =>
			fileSet(bench, name, all, least);
		const small20 = await set('of 20 KiB', of(small, 20 * KiB), { fetch: 0.95, xhr: 0.85 });
		yield manyFiles(world, 'i', small20, rounds);
		yield manyFiles(world, 'j', await set('of 1 MiB', of(medium, MiB), { fetch: 0.75, xhr: 0.7 }), rounds);
		const large3 = await set('of 3.5 MiB', of(large, 3.5 * MiB), { fetch: 0.75, xhr: 0.6 });
		yield manyFiles(world, 'k', large3, rounds);
		yield manyFiles(
			world,
			'l',
			{ ...(await set('of 1 KiB to 20 MiB', mixedSizes(mixed))), note: IN_PARTS },
			1,
		);
	},
	async *'first-progress'({ world, directory, scale: { firstProgress: size, firstProgressRounds } }) {
		const file = await randomFile(directory, 'progress.bin', size);
		yield firstProgress(world, file, size, firstProgressRounds);
	},
	async *'fair-queue'({ world, directory, scale: { besides, rounds } }) {
		const large = await randomFile(directory, 'besides.bin', besides);
		const small = await randomFile(directory, 'small.bin', MiB);
		yield fairQueue(world, { paths: [large, small], sizes: [besides, MiB] }, rounds);
	},
	async *'memory-of-waiting'({ world, directory, scale: { waiting, waitingRounds } }) {
		const file = await randomFile(directory, 'waiting.bin', MiB);
		yield memoryOfWaiting(world, file, waiting, waitingRounds);
	},
	async *'skip-same'(bench) {
		const { world, scale } = bench;
		const [count] = scale.manyFiles;
		const set = await fileSet(bench, 'of 20 KiB', new Array<number>(count).fill(20 * KiB), undefined);
		yield skipSame(world, set, scale.manyFilesRounds);
	},
	async *engines({ world, directory, scale: { engines, rounds } }) {
		yield inEngines(world, await randomFile(directory, 'engines.bin', engines), engines, rounds);
	},
	async *'keep-copy'({ world, directory, scale: { copied, copiedRounds } }) {
		yield keepCopy(world, await randomFile(directory, 'copied.bin', copied), copied, copiedRounds);
	},
};

async function fileSet(
	{ directory }: Bench,
	ofSize: string,
	all: readonly number[],
	least: FileSet['least'],
): Promise<FileSet> {
	const name = `${whole(all.length)} files ${ofSize}`;
	const paths = await randomFiles(directory, name, all);
	const size = all.reduce((sum, each) => sum + each, 0);
	return { name, paths, size, ...(least && { least }) };
}
