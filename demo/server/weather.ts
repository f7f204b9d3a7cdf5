import type { Emulator, FaultRule } from '../../emulator/index.js';
import { BadRequest } from './bad-request.js';

const KiB = 1024;

/** Bytes per second and connection. */
const SLOW = 256 * KiB;

/** What the page shows of it. */
export interface WeatherState {
	/** Bytes per second and connection; 0 where nothing is slowed down. */
	readonly slow: number;
	readonly errors: boolean;
	readonly cuts: boolean;
}

type Kind = keyof WeatherState;

/** One request in three, of those that carry a file's bytes: few enough that the others go on. */
const SOME = { method: 'PUT', every: 3, times: 'always' } as const;

const RULES: Readonly<Record<Kind, (bytesPerSecond: number) => FaultRule>> = {
	slow: (bytesPerSecond) => ({
		method: 'PUT',
		times: 'always',
		action: { type: 'throttle', bytesPerSecond },
	}),
	errors: () => ({ ...SOME, action: { type: 'status', status: 503, code: 'ServiceUnavailable' } }),
	// Not those that fail already.
	cuts: () => ({ ...SOME, occurrence: 2, action: { type: 'cut', afterBytes: 64 * KiB } }),
};

/** What goes wrong at the emulator, as networks and OSS do, until it is switched off. */
export class Weather {
	readonly #emulator: Emulator;
	/** By kind what ends it. */
	readonly #on = new Map<Kind, () => void>();
	#bytesPerSecond = SLOW;

	constructor(emulator: Emulator) {
		this.#emulator = emulator;
	}

	get state(): WeatherState {
		const slow = this.#on.has('slow') ? this.#bytesPerSecond : 0;
		return { slow, errors: this.#on.has('errors'), cuts: this.#on.has('cuts') };
	}

	/** Switches one kind on or off. */
	change({ kind, isOn, bytesPerSecond = SLOW }: Record<string, unknown>): WeatherState {
		if (!isKind(kind)) throw new BadRequest(`There is no weather of the kind ${String(kind)}`);
		if (typeof bytesPerSecond !== 'number' || !(bytesPerSecond > 0)) {
			throw new BadRequest('Expected bytesPerSecond to be a number above 0');
		}
		this.#on.get(kind)?.();
		this.#on.delete(kind);
		if (isOn === true) {
			if (kind === 'slow') this.#bytesPerSecond = bytesPerSecond;
			this.#on.set(kind, this.#emulator.addFault(RULES[kind](bytesPerSecond)));
		}
		return this.state;
	}
}

const isKind = (kind: unknown): kind is Kind => Object.keys(RULES).includes(String(kind));
