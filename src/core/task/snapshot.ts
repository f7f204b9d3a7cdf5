import { func } from '../../base/expect.js';
import type { Clock } from '../ports.js';

/** Calls each; one that throws surfaces as an uncaught error, since its mistake is its own, and the others are called. */
export function tellEach<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
	// Those of now: one that subscribes again inside its event is called at the next one.
	for (const listener of [...listeners]) {
		if (!listeners.has(listener)) continue;
		try {
			listener(value);
		} catch (error) {
			queueMicrotask(() => {
				throw error;
			});
		}
	}
}

const LISTENER = func('write it like subscribe(() => render(snapshot()))');

/** One frozen value, of the same identity until something changes, as `useSyncExternalStore` and the like want it. */
export class Snapshot<T extends object> {
	readonly #make: () => T;
	#value: T | undefined;
	#listeners: Set<() => void> | undefined;

	constructor(make: () => T) {
		this.#make = make;
	}

	/** Both are handed on by themselves: `useSyncExternalStore(subscribe, get)`. */
	readonly get = (): T => {
		this.#value ??= Object.freeze(this.#make());
		return this.#value;
	};

	/** Returns the function that ends it. Throws a `TypeError` for what is no function. */
	readonly subscribe = (listener: () => void): (() => void) => {
		LISTENER('listener', listener);
		// A function of its own, so that one that subscribes twice is called twice.
		const own = () => listener();
		this.#listeners ??= new Set();
		this.#listeners.add(own);
		return () => this.#listeners?.delete(own);
	};

	change(): void {
		this.#value = undefined;
		if (this.#listeners) tellEach(this.#listeners, undefined);
	}
}

/** Milliseconds between two tellings: nobody reads faster, and each may draw a page. */
const REST_MS = 100;

/** Tells of what changes all the time, some ten times a second at most; the first and the last change are told. */
export class Pace {
	readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
	readonly #lifetime: AbortSignal;
	readonly #tell: () => void;
	#toldAt = Number.NEGATIVE_INFINITY;
	#isResting = false;
	#isDue = false;

	/** `lifetime`: after it nothing is told but by `flush`. */
	constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>, lifetime: AbortSignal, tell: () => void) {
		this.#clock = clock;
		this.#lifetime = lifetime;
		this.#tell = tell;
	}

	/** Something has changed. Most small files change once: only for the second time a timer is needed. */
	touch(): void {
		this.#isDue = true;
		if (this.#isResting || this.#lifetime.aborted) return;
		const restMs = this.#toldAt + REST_MS - this.#clock.monotonic();
		if (restMs > 0) this.#rest(restMs);
		else this.flush();
	}

	/** What is due is told now. */
	flush(): void {
		if (!this.#isDue) return;
		// First, since whoever is told may change something else.
		this.#isDue = false;
		this.#toldAt = this.#clock.monotonic();
		this.#tell();
	}

	#rest(ms: number): void {
		this.#isResting = true;
		this.#clock.sleep(ms, this.#lifetime).then(
			() => {
				this.#isResting = false;
				if (this.#isDue) this.touch();
			},
			() => {},
		);
	}
}
