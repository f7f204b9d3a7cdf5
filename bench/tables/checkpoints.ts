import { startVisitor } from '../chromium.js';
import { sparseFile } from '../files.js';
import { LEFT_OVER } from '../page/tasks/record.js';
import { runPage, type World } from '../page-run.js';
import { FAR, LOOPBACK } from '../profile.js';
import { atMost, type Figure, type Section } from '../section.js';
import { median } from '../statistics.js';
import { KiB, whole } from '../units.js';

const PART_SIZE = 100 * KiB;

interface Measured {
	readonly partCount: number;
	readonly early: number;
	readonly late: number;
	/** Milliseconds from `upload()` to the first byte of a part. */
	readonly toFirstByte: number;
}

async function measure(world: World, directory: string, partCount: number): Promise<Measured> {
	const { sink } = world;
	const file = await sparseFile(directory, `${partCount}-parts.bin`, partCount * PART_SIZE);
	const visitor = await startVisitor();
	const settings = { sink: sink.url, partSize: PART_SIZE };
	try {
		const recorded = await runPage(world, { type: 'record', ...settings }, [file], LOOPBACK, visitor);
		const { early = [], late = [] } = recorded.report.record ?? {};
		const without = Array.from({ length: LEFT_OVER }, (_, at) => partCount - at);
		await sink.pretend(partCount, PART_SIZE, without);
		const resumed = await runPage(world, { type: 'resume', ...settings }, [file], FAR, visitor);
		const { calledAt = Number.NaN } = resumed.report.resume ?? {};
		return {
			partCount,
			early: median(early),
			late: median(late),
			toFirstByte: (resumed.seen.firstByteAt ?? Number.NaN) - calledAt,
		};
	} finally {
		await visitor.close();
	}
}

/** The median over the rounds of one number of parts. */
type MedianOf = (partCount: number, pick: (one: Measured) => number) => number;

const COLUMNS = [
	'parts',
	'write near part 100, ms',
	'write 100 before the end, ms',
	'ratio',
	'resume to the first byte, ms',
];

export async function manyParts(
	world: World,
	directory: string,
	partCounts: readonly number[],
	rounds: number,
): Promise<Section> {
	const measured: Measured[] = [];
	for (let round = 0; round < rounds; round++) {
		for (const partCount of partCounts) measured.push(await measure(world, directory, partCount));
	}
	const of: MedianOf = (partCount, pick) =>
		median(measured.filter((one) => one.partCount === partCount).map(pick));
	return {
		title: '(d) Many parts, 50 ms of latency',
		text: 'Medians of 100 writes each, in IndexedDB on disk. A resume reads the checkpoint, lists what OSS holds (a page of 1,000 parts and its preflight take 100 ms) and sends the first missing part.',
		columns: COLUMNS,
		rows: partCounts.map((partCount) => rowOf(of, partCount)),
		figures: figuresOf(of, Math.max(...partCounts)),
	};
}

const growth = ({ early, late }: Measured): number => late / early;

const rowOf = (of: MedianOf, partCount: number): readonly string[] => [
	whole(partCount),
	of(partCount, ({ early }) => early).toFixed(2),
	of(partCount, ({ late }) => late).toFixed(2),
	of(partCount, growth).toFixed(2),
	whole(of(partCount, ({ toFirstByte }) => toFirstByte)),
];

function figuresOf(of: MedianOf, most: number): readonly Figure[] {
	const near = whole(most - 100);
	const lateMs = of(most, ({ late }) => late);
	const toFirstByteMs = of(most, ({ toFirstByte }) => toFirstByte);
	return [
		atMost(`checkpoint write near part ${near} against near part 100`, 1.5, of(most, growth)),
		atMost(`checkpoint write near part ${near}`, 5, lateMs, ' ms'),
		atMost(`resume of ${whole(most)} parts to the first byte`, 2000, toFirstByteMs, ' ms'),
	];
}
