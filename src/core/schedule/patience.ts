import type { UploadError } from '../../base/errors.js';
import { isProvidersNetwork, type RetryOptions } from './retry.js';

/** One request is tried at least so often, however short the patience. */
const MIN_ATTEMPTS = 6;
/** An app's own function that fails for another reason than the network. */
const PROVIDER_ATTEMPTS = 3;

/** Counts the signs that a task is getting somewhere: each gives all of its requests new patience. */
export class SignsOfLife {
	#count = 0;
	/** The most bytes that an attempt has moved of each part. */
	readonly #furthest = new Map<number, number>();

	get count(): number {
		return this.#count;
	}

	show(): void {
		this.#count++;
	}

	/**
	 * Bytes of the part have moved. Only further than in any attempt before: a line that lets every attempt begin and
	 * none end must not keep the task alive for ever.
	 */
	moved(partNumber: number, sentBytes: number): void {
		if (sentBytes <= (this.#furthest.get(partNumber) ?? 0)) return;
		this.#furthest.set(partNumber, sentBytes);
		this.show();
	}
}

/** What has become of one request so far, and how much patience is left for it. */
export class Tally {
	/** Failed attempts that counted: waiting for the network is none. */
	failures = 0;
	renewals = 0;
	readonly #life: SignsOfLife;
	#providerFailures = 0;
	/** Failures, and milliseconds of pauses after them, since the last sign of life. */
	#recentFailures = 0;
	#silentMs = 0;
	#seen: number;

	constructor(life: SignsOfLife) {
		this.#life = life;
		this.#seen = life.count;
	}

	/** Failures in a row, without a sign of life in between. */
	get inARow(): number {
		return this.#recentFailures;
	}

	fail(error: UploadError): void {
		if (this.#seen !== this.#life.count) {
			this.#seen = this.#life.count;
			this.#recentFailures = 0;
			this.#silentMs = 0;
		}
		this.failures++;
		this.#recentFailures++;
		this.renewals = 0;
		if (error.code === 'Credentials' && !isProvidersNetwork(error)) this.#providerFailures++;
	}

	/** Pauses are added up as they were meant: a machine that slept through one has not been patient for hours. */
	pause(ms: number): void {
		this.#silentMs += Math.max(ms, 1);
	}

	isExhausted({ patienceMs }: RetryOptions): boolean {
		if (this.#providerFailures >= PROVIDER_ATTEMPTS) return true;
		return this.#recentFailures >= MIN_ATTEMPTS && this.#silentMs >= patienceMs;
	}
}
