import { abortable } from '../../base/abortable.js';
import type { Clock } from '../ports.js';

/** `small`: a file of one part, which is done with one request. It is not made to wait behind what takes many. */
export type Load = 'small' | 'large';

/** While both wait, one slot of so many goes to a large task. */
const LARGE_EVERY = 5;

/** Who waits, in the order in which they came. */
type Queue = Set<() => void>;

/**
 * Who may run and who may send, over all tasks of an uploader: one place for both, so that no order contradicts another.
 *
 * At most `parallel` requests are in flight. While a small task waits, the large ones together hold at most
 * `parallel - 1` slots; of five slots given, at least one goes to the large request that has waited longest; among
 * equals, first come. With `parallel: 1` they take turns.
 */
export class Scheduler {
	readonly #parallel: number;
	readonly #clock: Pick<Clock, 'turn'>;
	/** Slots that nobody holds. Where there are any, nobody waits. */
	#free: number;
	#largeHeld = 0;
	/** Slots given to small tasks since the last large one. */
	#smallInARow = 0;
	readonly #waiting: Readonly<Record<Load, Queue>> = { small: new Set(), large: new Set() };
	readonly #running: Record<Load, number> = { small: 0, large: 0 };
	readonly #entering: Readonly<Record<Load, Queue>> = { small: new Set(), large: new Set() };

	constructor(parallel: number, clock: Pick<Clock, 'turn'>) {
		this.#parallel = parallel;
		this.#clock = clock;
		this.#free = parallel;
	}

	/**
	 * Calls `begin` when it is the task's turn to run: `parallel` tasks of each kind run at a time, so that 500 files make no
	 * 500 Initiates. Where there is a place at once, it is called in another turn of the page: an app begins many in one go, and
	 * the first run code that the browser has yet to compile. The function answered gives the place back, or ends the wait for it.
	 */
	enter(load: Load, begin: () => void): () => void {
		let hasLeft = false;
		const admit = async (moment?: Promise<void>) => {
			this.#running[load]++;
			await moment;
			if (!hasLeft) begin();
		};
		const entering = this.#entering[load];
		if (this.#running[load] < this.#parallel) void admit(this.#clock.turn());
		else entering.add(admit);
		return () => {
			if (hasLeft) return;
			hasLeft = true;
			if (entering.delete(admit)) return;
			this.#running[load]--;
			shift(entering)?.();
		};
	}

	/**
	 * Runs `work` in a slot, which `release` gives back before its end. While it waits for one, an abort rejects with
	 * `signal.reason`.
	 */
	async use<T>(load: Load, signal: AbortSignal, work: (release: () => void) => Promise<T>): Promise<T> {
		signal.throwIfAborted();
		if (this.#free > 0) this.#give(load);
		else await this.#wait(load, signal);
		let isHeld = true;
		const release = () => {
			if (isHeld) this.#release(load);
			isHeld = false;
		};
		try {
			return await work(release);
		} finally {
			release();
		}
	}

	async #wait(load: Load, signal: AbortSignal): Promise<void> {
		let admit = () => {};
		const admitted = new Promise<void>((resolve) => {
			admit = resolve;
		});
		this.#waiting[load].add(admit);
		try {
			await abortable(signal, admitted);
		} catch (reason) {
			// Admitted in the same moment: the slot is nobody's now, and goes on to the next.
			if (!this.#waiting[load].delete(admit)) this.#release(load);
			throw reason;
		}
	}

	#give(load: Load): void {
		this.#free--;
		if (load === 'large') this.#largeHeld++;
		this.#smallInARow = load === 'large' ? 0 : this.#smallInARow + 1;
	}

	/** The slot goes straight to who is next, so that nobody who asks later can slip in between. */
	#release(load: Load): void {
		this.#free++;
		if (load === 'large') this.#largeHeld--;
		const next = this.#next();
		const admit = shift(this.#waiting[next]);
		if (admit === undefined) return;
		this.#give(next);
		admit();
	}

	#next(): Load {
		const { small, large } = this.#waiting;
		if (small.size === 0 || large.size === 0) return small.size > 0 ? 'small' : 'large';
		if (this.#parallel === 1) return this.#smallInARow > 0 ? 'large' : 'small';
		const mayBeLarge = this.#largeHeld < this.#parallel - 1;
		return mayBeLarge && this.#smallInARow >= LARGE_EVERY - 1 ? 'large' : 'small';
	}
}

/** Takes the first out. */
function shift(queue: Queue): (() => void) | undefined {
	const [first] = queue;
	if (first !== undefined) queue.delete(first);
	return first;
}
