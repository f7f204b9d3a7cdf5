import type { Rounds } from './rounds.js';
import { GiB, KiB, MiB } from './units.js';

/** How much is measured. Sizes in bytes. */
export interface Scale {
	readonly rounds: number;
	readonly loopback: number;
	/** Its uploads take some seconds each: where all processes share the machine, chance has a large share in them. */
	readonly loopbackRounds: number;
	readonly line: number;
	readonly far: number;
	readonly killed: number;
	readonly large: number;
	readonly partSizes: number;
	readonly partSizesSlow: number;
	readonly sizes: readonly number[];
	readonly sizesRounds: number;
	readonly partCounts: readonly number[];
	/** Files of 20 KiB, of 1 MiB, of 3.5 MiB, and of 1 KiB to 20 MiB. */
	readonly manyFiles: readonly [kib20: number, mib1: number, mib3_5: number, mixed: number];
	/** Of the first three sets; the mixed one is measured in one. */
	readonly manyFilesRounds: Rounds;
	readonly firstProgress: number;
	readonly firstProgressRounds: number;
	readonly besides: number;
	readonly waiting: number;
	readonly waitingRounds: number;
	readonly engines: number;
	readonly copied: number;
	readonly copiedRounds: number;
}

export const FULL: Scale = {
	rounds: 5,
	loopback: GiB,
	loopbackRounds: 9,
	line: GiB,
	far: 256 * MiB,
	killed: 256 * MiB,
	large: 10 * GiB,
	partSizes: 64 * MiB,
	partSizesSlow: 16 * MiB,
	sizes: [256 * KiB, 512 * KiB, MiB, 2 * MiB, 4 * MiB, 8 * MiB, 16 * MiB, 32 * MiB],
	sizesRounds: 3,
	partCounts: [1000, 10_000],
	manyFiles: [1000, 200, 60, 2000],
	manyFilesRounds: { ofLong: 3, ofShort: 9 },
	firstProgress: 60 * MiB,
	firstProgressRounds: 3,
	besides: 256 * MiB,
	waiting: 20_000,
	waitingRounds: 3,
	engines: 512 * MiB,
	copied: 256 * MiB,
	copiedRounds: 3,
};

export const QUICK: Scale = {
	rounds: 1,
	loopback: 64 * MiB,
	loopbackRounds: 1,
	line: 32 * MiB,
	far: 8 * MiB,
	killed: 32 * MiB,
	large: 256 * MiB,
	partSizes: 16 * MiB,
	partSizesSlow: MiB,
	sizes: [MiB, 4 * MiB],
	sizesRounds: 1,
	partCounts: [200, 500],
	manyFiles: [100, 20, 6, 40],
	manyFilesRounds: { ofLong: 1, ofShort: 1 },
	firstProgress: 5 * MiB,
	firstProgressRounds: 1,
	besides: 128 * MiB,
	waiting: 1000,
	waitingRounds: 1,
	engines: 64 * MiB,
	copied: 256 * MiB,
	copiedRounds: 1,
};
