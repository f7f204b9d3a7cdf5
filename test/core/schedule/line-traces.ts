import { KiB, Mbit, MiB, type Trace } from './line-simulation.js';

const minutes = (count: number): number => count * 60_000;
const parts = (count: number, size: number): readonly number[] => new Array<number>(count).fill(size);

/** `before` until `ms`, `after` from then on. */
const changing =
	(before: number, ms: number, after: number): NonNullable<Trace['rate']> =>
	(now) =>
		now < ms ? before : after;

const deadForTenMinutes = (ms: number): number => (ms >= 30_000 && ms < 30_000 + minutes(10) ? 0 : 20 * Mbit);
const slow = (): number => 2 * Mbit;
const oneInFive = (random: () => number): number | undefined => (random() < 0.2 ? random() : undefined);

/** 200 MiB over 20 Mbit/s take 84 s. */
export const TRACES: Readonly<Record<string, Omit<Trace, 'tells'>>> = {
	'nothing happens': {},
	'ten times slower': { rate: changing(20 * Mbit, 30_000, slow()) },
	'from 100 to 2 Mbit/s': { rate: changing(100 * Mbit, 8000, slow()) },
	'from 2 to 0.2 Mbit/s': { rate: changing(slow(), minutes(5), 0.2 * Mbit) },
	'one connection in five dies': { diesAfter: oneInFive },
	'one in five dies, 2 Mbit/s': { diesAfter: oneInFive, rate: slow },
	'all connections die': { cutOffAtMs: 20_000 },
	'one connection starves': { share: (request, isAlone) => (request === 2 && !isAlone ? 0.01 : undefined) },
	'one starves, 2 Mbit/s': {
		share: (request, isAlone) => (request === 2 && !isAlone ? 0.01 : undefined),
		rate: slow,
	},
	'latency of 200 ms': { latencyMs: 200 },
	'latency of 200 ms, 256 KiB': { latencyMs: 200, sizes: parts(800, 256 * KiB) },
	'asleep for an hour': { suspendedAtMs: 40_000 },
	'clock set back an hour': { setBackAtMs: 25_000, rate: () => 5 * Mbit },
	'a small one measured alone': {
		rate: slow,
		isFirstAlone: true,
		sizes: [MiB, ...parts(10, 8 * MiB)],
		share: () => 1,
	},
	'dead for ten minutes': { rate: deadForTenMinutes },
	'dead, connections too': { rate: deadForTenMinutes, cutOffAtMs: 30_000 },
	'eight requests, six connections': { parallel: 8, rate: slow },
	'small ones behind six large': {
		parallel: 8,
		rate: slow,
		sizes: [...parts(6, 16 * MiB), ...parts(30, 20 * KiB)],
	},
	'another tab has five of six': { parallel: 5, connections: 1, rate: slow, sizes: parts(50, 4 * MiB) },
	'a hidden page, ten times slower': {
		hiddenMs: [10_000, minutes(4)],
		rate: changing(20 * Mbit, 30_000, slow()),
	},
	'a hidden page, connections die': { hiddenMs: [10_000, minutes(60)], diesAfter: oneInFive },
	'1 MiB held by the system, slower': { buffer: MiB, rate: changing(20 * Mbit, 30_000, slow()) },
	'a proxy holds all, slower': { buffer: Number.MAX_SAFE_INTEGER, rate: changing(20 * Mbit, 30_000, slow()) },
	'2,000 small beside one large': { rate: () => 5 * Mbit, sizes: [64 * MiB, ...parts(2000, 20 * KiB)] },
	'0.25 Mbit/s from the start': { rate: () => 0.25 * Mbit, sizes: parts(10, 4 * MiB) },
};
