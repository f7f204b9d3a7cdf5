import { describe, expect, test } from 'vitest';
import { seeded } from '../../search/stage.js';
import { KiB, Mbit, MiB, type Outcome, simulate, type Trace } from './line-simulation.js';
import { TRACES } from './line-traces.js';
import { lineWatch, oldWatch } from './line-watch.js';

/**
 * Bytes sent as a ratio of the file (without those of connections that had died), attempts cut off, how many of them were
 * alive, seconds until the end. 0.1.0 decided by the same deadlines whether or not the transport told of bytes.
 */
const TABLE = `
                                 | 0.1.0            | tells nothing    | tells bytes
nothing happens                  | 1.00  0  0    85 | 1.00  0  0    85 | 1.00  0  0    85
ten times slower                 | 1.21  7  7   753 | 1.00  0  0   572 | 1.00  0  0   572
from 100 to 2 Mbit/s             | 1.44 22 22   832 | 1.00  0  0   462 | 1.00  0  0   462
from 2 to 0.2 Mbit/s             | 1.22  9  9  7569 | 1.00  0  0  5692 | 1.00  0  0  5692
one connection in five dies      | 1.00  9  0   638 | 1.00  9  0   938 | 1.00  9  0   285
one in five dies, 2 Mbit/s       | 1.00  9  0  1778 | 1.00  9  0  2414 | 1.00  9  0  1163
all connections die              | 1.00  5  0   546 | 1.00  5  0   774 | 1.00  5  0   289
one connection starves           | 1.00  0  0    85 | 1.00  0  0    85 | 1.00  0  0    85
one starves, 2 Mbit/s            | 1.00  1  1   841 | 1.00  0  0   840 | 1.00  0  0   840
latency of 200 ms                | 1.00  0  0    85 | 1.00  0  0    85 | 1.00  0  0    85
latency of 200 ms, 256 KiB       | 1.00  0  0   108 | 1.00  0  0   108 | 1.00  0  0   108
asleep for an hour               | 1.07  5  5  3691 | 1.00  0  0  3685 | 1.00  0  0  3685
clock set back an hour           | 1.65 29 29   555 | 1.00  0  0   336 | 1.00  0  0   336
a small one measured alone       | 1.39  4  4   474 | 1.00  0  0   340 | 1.00  0  0   340
dead for ten minutes             | 1.00 13  0   694 | 1.00  5  0   694 | 1.00  5  0   694
dead, connections too            | 1.00 13  0   694 | 1.00  5  0   694 | 1.00  5  0   694
eight requests, six connections  | 1.00  0  0   839 | 1.00  0  0   839 | 1.00  0  0   839
small ones behind six large      | 1.00  8  8   406 | 1.00  0  0   406 | 1.00  0  0   406
another tab has five of six      | 1.00  0  0   850 | 1.00  0  0   850 | 1.00  0  0   850
a hidden page, ten times slower  | 1.21  7  7   753 | 1.00  0  0   572 | 1.00  0  0   572
a hidden page, connections die   | 1.00  9  0   638 | 1.00  9  0  1504 | 1.00  9  0   484
1 MiB held by the system, slower | 1.21  7  7   753 | 1.00  0  0   572 | 1.00  0  0   572
a proxy holds all, slower        | 1.21  7  7   753 | 1.00  0  0   572 | 1.00  0  0   572
2,000 small beside one large     | 1.00  0  0   201 | 1.00  0  0   201 | 1.00  0  0   201
0.25 Mbit/s from the start       | 2.16 19 19  2903 | 1.00  0  0  1343 | 1.00  0  0  1343
`;

const cell = ({ ratio, cut, cutAlive, seconds }: Outcome): string =>
	`${ratio.toFixed(2)} ${String(cut).padStart(2)} ${String(cutAlive).padStart(2)} ${String(seconds).padStart(5)}`;

async function row(title: string, trace: Omit<Trace, 'tells'>) {
	const old = await simulate({ ...trace, tells: false }, oldWatch);
	const silent = await simulate({ ...trace, tells: false }, lineWatch);
	const tells = await simulate({ ...trace, tells: true }, lineWatch);
	const text = [title.padEnd(32), ...[old, silent, tells].map(cell)].join(' | ');
	return { text, silent, tells };
}

const rows = TABLE.split('\n').slice(2);

describe('[B5] [case 51] [case 52] what befalls a line, by the deadlines of 0.1.0 and by the Line', () => {
	test('the table has a row for each', () => {
		expect(rows).toHaveLength(Object.keys(TRACES).length + 1);
	});

	test.each(Object.entries(TRACES).map(([title, trace], index) => ({ title, trace, index })))(
		'$title',
		async ({ title, trace, index }) => {
			const { text, silent, tells } = await row(title, trace);
			expect(text).toBe(rows[index]);
			for (const outcome of [silent, tells]) {
				expect(outcome.cutAlive).toBe(0);
				expect(outcome.ratio).toBeLessThanOrEqual(1.1);
				expect(outcome.seconds).toBeLessThan(2 * 3600);
				// Of a connection that died nobody waits for longer than half an hour, on the slowest of these lines.
				expect(outcome.unnoticedSeconds).toBeLessThan(1800);
			}
		},
	);
});

/** Lines of 0.25 to 100 Mbit/s that change several times, up to tenfold; requests of all sizes; all that may befall a page. */
function anyTrace(seed: number): Omit<Trace, 'tells'> {
	const random = seeded(seed);
	const pick = <T>(first: T, ...others: T[]): T =>
		others[Math.floor(random() * (others.length + 1)) - 1] ?? first;
	const rate = pick(1, 2, 5, 20, 100) * Mbit;
	const size = pick(100 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB);
	const changes = [0, 0, 0, 0].map(() => ({ at: random() * 400_000, by: pick(1, 2, 4, 10) }));
	const hiddenFrom = random() * 100_000;
	return {
		sizes: Array.from({ length: Math.min(100, Math.max(6, Math.ceil((rate * 100) / size))) }, () =>
			random() < 0.2 ? Math.ceil(size * random()) : size,
		),
		parallel: pick(1, 3, 5, 6, 8),
		latencyMs: pick(20, 200, 1500),
		buffer: pick(0, 64 * KiB, MiB, 4 * MiB, Number.MAX_SAFE_INTEGER),
		rate: (ms) => {
			const [last] = changes.filter(({ at }) => at <= ms).sort((a, b) => b.at - a.at);
			return Math.max(rate / (last?.by ?? 1), 0.25 * Mbit);
		},
		...pick({}, { suspendedAtMs: random() * 100_000 }),
		...pick({}, { setBackAtMs: random() * 100_000 }),
		...pick({}, { hiddenMs: [hiddenFrom, hiddenFrom + random() * 1_000_000] as const }),
		seed,
	};
}

test.each([false, true, (request: number) => request % 2 === 0])(
	'nothing that is alive is cut off, whatever befalls it (the transport tells: %s)',
	async (tells) => {
		for (let seed = 1; seed <= 60; seed++) {
			const outcome = await simulate({ ...anyTrace(seed), tells }, lineWatch);
			expect(outcome, `seed ${seed}`).toMatchObject({ cut: 0, ratio: 1 });
		}
	},
	60_000,
);

describe('limits of the estimate, where a transport tells nothing', () => {
	test('64 kbit/s from the start: what nobody could know is cut off twice, and then it ends', async () => {
		const trace = { rate: () => Mbit / 16, sizes: new Array<number>(6).fill(4 * MiB) };
		expect(await simulate({ ...trace, tells: false }, lineWatch)).toMatchObject({ cutAlive: 10 });
		expect(await simulate({ ...trace, tells: true }, lineWatch)).toMatchObject({ cut: 0 });
	});

	test('a connection that starves for many minutes is cut off once, since it looks like a dead one', async () => {
		const trace: Omit<Trace, 'tells'> = {
			sizes: new Array<number>(128).fill(8 * MiB),
			share: (request, isAlone) => (request === 2 && !isAlone ? 0.01 : undefined),
		};
		expect(await simulate({ ...trace, tells: false }, lineWatch)).toMatchObject({ cutAlive: 1, ratio: 1 });
		expect(await simulate({ ...trace, tells: true }, lineWatch)).toMatchObject({ cut: 0 });
	});
});
