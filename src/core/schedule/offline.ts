import { scoped } from '../../base/abortable.js';
import type { Clock, Connectivity } from '../ports.js';
import type { Emit } from '../task/events.js';

/** While offline, what waits is tried now and then all the same: not every browser tells that it is online again. */
const PROBE_MS = 30_000;

export interface OfflineWorld {
	readonly clock: Clock;
	readonly connectivity: Connectivity;
	readonly emit: Emit;
}

/** Waits for the network. That a task does so is told when its first work begins to wait, and when its last one ends. */
export class Offline {
	readonly #world: OfflineWorld;
	#waiters = 0;

	constructor(world: OfflineWorld) {
		this.#world = world;
	}

	/** Until the machine is online again, or it is time to try all the same. */
	async wait(signal: AbortSignal): Promise<void> {
		const { connectivity, clock, emit } = this.#world;
		if (this.#waiters++ === 0) emit('offline', true);
		try {
			await scoped(signal, ({ signal: ended }) =>
				Promise.race([connectivity.whenOnline(ended), clock.sleep(PROBE_MS, ended)]),
			);
		} finally {
			if (--this.#waiters === 0) emit('offline', false);
		}
	}
}
