import { seeded } from '../../search/stage.js';
import { SimulatedClock, type Watch, type Watched } from './line-watch.js';

export const KiB = 1024;
export const MiB: number = 1024 * KiB;
/** Bytes a second. */
export const Mbit = 125_000;

const STEP_MS = 100;
/** XMLHttpRequest tells of no fewer bytes at a time. */
const GRAIN = 16 * KiB;
/** A pause between attempts. */
const PAUSE_MS = 500;
const DAY_MS = 24 * 3_600_000;

/** What befalls the line, and what is sent over it. */
export interface Trace {
	/** Bytes of each request, in the order in which they are sent; by default 200 MiB in parts of 8 MiB. */
	readonly sizes?: readonly number[];
	/** Requests at once, by default 5. */
	readonly parallel?: number;
	/** The first goes out alone, and the others when it is answered. */
	readonly isFirstAlone?: boolean;
	/** Bytes a second of the whole line at a time, by default 20 Mbit/s. 0 is a dead line. */
	readonly rate?: (ms: number) => number;
	/** From one end to the other, by default 20 ms. */
	readonly latencyMs?: number;
	/** Connections that a browser opens, by default 6. Others wait, first come, first served. */
	readonly connections?: number;
	/** The share of a connection in the line; `isAlone` when no other sends. By default 0.5 to 1.5, by chance. */
	readonly share?: (request: number, isAlone: boolean) => number | undefined;
	/** How much of its body an attempt sends before its connection dies without a word; undefined for one that lives. */
	readonly diesAfter?: (random: () => number) => number | undefined;
	/** When all connections die at once that are open, though the line lives. */
	readonly cutOffAtMs?: number;
	/** When the machine sleeps for an hour; by the clocks of some systems that is time. */
	readonly suspendedAtMs?: number;
	/** When the machine's clock is set back an hour. */
	readonly setBackAtMs?: number;
	/** When nobody looks at the page any more, so that its timers ring once a minute; until it ends, or is seen again. */
	readonly hiddenMs?: readonly [from: number, to: number];
	/** Bytes that leave the page before they are on the line: what the machine, or a proxy, holds. */
	readonly buffer?: number;
	/** Whether the transport tells what has left the page; of some requests only, where it is a function. */
	readonly tells: boolean | ((request: number) => boolean);
	readonly seed?: number;
}

export interface Outcome {
	/** Bytes sent over the line, as a ratio of the file; without those of connections that had died. */
	readonly ratio: number;
	/** Attempts that were cut off. */
	readonly cut: number;
	/** Those of them that were alive, or waited for a connection. */
	readonly cutAlive: number;
	/** Until everything was answered. */
	readonly seconds: number;
	/** The longest that a dead connection was not noticed, while the line lived. */
	readonly unnoticedSeconds: number;
}

interface Attempt {
	readonly request: number;
	readonly size: number;
	readonly share: number;
	readonly diesAt: number;
	readonly watched: Watched;
	isConnected: boolean;
	/** When it may send, and once it has sent all, when it is answered. */
	readyAt: number;
	sent: number;
	told: number;
	deadSince: number | undefined;
}

/** Plays a trace, with a watch over it, until all is answered. */
export async function simulate(trace: Trace, watchOf: (clock: SimulatedClock) => Watch): Promise<Outcome> {
	const simulation = new Simulation(trace, watchOf);
	while (!simulation.isDone) await simulation.step();
	return simulation.outcome;
}

class Simulation {
	readonly #trace: Trace;
	readonly #clock = new SimulatedClock();
	readonly #random: () => number;
	readonly #watch: Watch;
	readonly #sizes: readonly number[];
	readonly #queue: { readonly request: number; readonly from: number }[];
	readonly #timeouts = new Map<number, number>();
	#attempts: Attempt[] = [];
	#carried = 0;
	#lost = 0;
	#cut = 0;
	#cutAlive = 0;
	#unnoticedMs = 0;
	#done: Set<string> = new Set();

	constructor(trace: Trace, watchOf: (clock: SimulatedClock) => Watch) {
		this.#trace = trace;
		this.#random = seeded(trace.seed ?? 1);
		this.#watch = watchOf(this.#clock);
		this.#sizes = trace.sizes ?? new Array<number>(25).fill(8 * MiB);
		this.#queue = this.#sizes.map((_, request) => ({ request, from: 0 }));
	}

	get isDone(): boolean {
		if (this.#clock.ms > DAY_MS) throw new Error(`Not done after a day: ${JSON.stringify(this.outcome)}`);
		return this.#queue.length + this.#attempts.length === 0;
	}

	get outcome(): Outcome {
		const size = this.#sizes.reduce((sum, bytes) => sum + bytes, 0);
		return {
			ratio: Math.round((100 * (this.#carried - this.#lost)) / size) / 100,
			cut: this.#cut,
			cutAlive: this.#cutAlive,
			seconds: Math.round(this.#clock.ms / 1000),
			unnoticedSeconds: Math.round(this.#unnoticedMs / 1000),
		};
	}

	async step(): Promise<void> {
		this.#clock.ms += STEP_MS;
		this.#befall();
		this.#begin();
		this.#connect();
		this.#carry();
		if (this.#isAwake()) await this.#clock.ring();
		for (const attempt of [...this.#attempts]) if (attempt.watched.isStalled()) this.#cutOff(attempt);
	}

	#befall(): void {
		const { suspendedAtMs, setBackAtMs, cutOffAtMs } = this.#trace;
		const once = (name: string, at: number | undefined, what: () => void) => {
			if (at === undefined || this.#clock.ms < at || this.#done.has(name)) return;
			this.#done.add(name);
			what();
		};
		once('set back', setBackAtMs, () => {
			this.#clock.wallAheadMs = -3_600_000;
		});
		once('cut off', cutOffAtMs, () => {
			for (const attempt of this.#attempts) attempt.deadSince ??= this.#clock.ms;
		});
		once('suspended', suspendedAtMs, () => {
			this.#clock.ms += 3_600_000;
		});
	}

	#isAwake(): boolean {
		const { ms } = this.#clock;
		const [from, to] = this.#trace.hiddenMs ?? [0, 0];
		return ms < from || ms >= to || ms % 60_000 < STEP_MS;
	}

	#begin(): void {
		const { parallel = 5, isFirstAlone = false, share, diesAfter } = this.#trace;
		const isBeginning = isFirstAlone && this.#carried <= (this.#sizes[0] ?? 0);
		while (this.#attempts.length < (isBeginning ? 1 : parallel)) {
			const next = this.#queue.findIndex(({ from }) => from <= this.#clock.ms);
			const [queued] = next < 0 ? [] : this.#queue.splice(next, 1);
			if (queued === undefined) return;
			const { request } = queued;
			const size = this.#sizes[request] ?? 0;
			const chance = 0.5 + this.#random();
			const fraction = diesAfter?.(this.#random);
			this.#attempts.push({
				request,
				size,
				share: share?.(request, false) ?? chance,
				diesAt: fraction === undefined ? Number.POSITIVE_INFINITY : Math.floor(fraction * size),
				watched: this.#watch.begin(size, this.#timeouts.get(request) ?? 0),
				isConnected: false,
				readyAt: 0,
				sent: 0,
				told: 0,
				deadSince: undefined,
			});
		}
	}

	#connect(): void {
		const { connections = 6, latencyMs = 20 } = this.#trace;
		for (const attempt of this.#attempts.slice(0, connections)) {
			if (attempt.isConnected) continue;
			attempt.isConnected = true;
			attempt.readyAt = this.#clock.ms + latencyMs;
		}
	}

	/** Shares what the line carries in one step among those that send, and ends those that are answered. */
	#carry(): void {
		const { rate = () => 20 * Mbit, share, latencyMs = 20 } = this.#trace;
		const { ms } = this.#clock;
		const bytes = (rate(ms) * STEP_MS) / 1000;
		const sending = this.#attempts.filter(
			({ isConnected, readyAt, sent, size, deadSince }) =>
				isConnected && readyAt <= ms && sent < size && deadSince === undefined,
		);
		const isAlone = sending.length === 1;
		const shareOf = (attempt: Attempt) => share?.(attempt.request, isAlone) ?? attempt.share;
		const shares = sending.reduce((sum, attempt) => sum + shareOf(attempt), 0);
		for (const attempt of sending) {
			const fair = (bytes * shareOf(attempt)) / shares;
			const sent = Math.min(attempt.sent + fair, attempt.size, attempt.diesAt);
			this.#carried += sent - attempt.sent;
			attempt.sent = sent;
			if (sent >= attempt.diesAt) attempt.deadSince = ms;
			if (sent >= attempt.size) attempt.readyAt = ms + latencyMs;
			this.#tell(attempt);
		}
		for (const attempt of this.#attempts) {
			const isAnswered = attempt.sent >= attempt.size && attempt.readyAt <= ms;
			if (attempt.isConnected && isAnswered && attempt.deadSince === undefined && bytes > 0) {
				this.#end(attempt, 'answered');
			}
		}
	}

	#tell(attempt: Attempt): void {
		const { tells, buffer = 0 } = this.#trace;
		const told = Math.min(Math.floor((attempt.sent + buffer) / GRAIN) * GRAIN, attempt.size);
		const left = attempt.sent >= attempt.size ? attempt.size : told;
		if (left <= attempt.told) return;
		attempt.told = left;
		if (tells === true || (tells !== false && tells(attempt.request))) attempt.watched.moved(left);
	}

	#cutOff(attempt: Attempt): void {
		const { ms } = this.#clock;
		const { rate = () => 1 } = this.#trace;
		this.#cut++;
		const isDead = attempt.deadSince !== undefined || rate(ms) === 0;
		if (isDead) this.#lost += attempt.sent;
		else this.#cutAlive++;
		if (attempt.deadSince !== undefined) {
			this.#unnoticedMs = Math.max(this.#unnoticedMs, ms - attempt.deadSince);
		}
		this.#timeouts.set(attempt.request, (this.#timeouts.get(attempt.request) ?? 0) + 1);
		this.#queue.unshift({ request: attempt.request, from: ms + PAUSE_MS });
		this.#end(attempt, 'timed-out');
	}

	#end(attempt: Attempt, how: 'answered' | 'timed-out'): void {
		attempt.watched.end(how);
		this.#attempts = this.#attempts.filter((other) => other !== attempt);
	}
}
