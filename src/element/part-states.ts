import type { PartEvent } from '../index.js';

export const PART_STATES = ['waiting', 'sending', 'stored', 'resumed', 'retrying', 'failed'] as const;
export type PartState = (typeof PART_STATES)[number];

/** What has become of each part of one file: a byte a part, so that 10,000 cost nothing. */
export class PartStates {
	#states = new Uint8Array(0);
	readonly counts: Uint32Array<ArrayBuffer> = new Uint32Array(PART_STATES.length);
	/** Told of each part that is in another state, and with `undefined` of all. */
	onChange: ((index: number | undefined) => void) | undefined;

	get total(): number {
		return this.#states.length;
	}

	at(index: number): PartState {
		return PART_STATES[this.#states[index] ?? 0] ?? 'waiting';
	}

	/** So many parts there are, all waiting; the same number again changes nothing. */
	setTotal(total: number): void {
		if (total === this.total) return;
		this.#states = new Uint8Array(total);
		this.counts.fill(0);
		this.counts[0] = total;
		this.onChange?.(undefined);
	}

	hear({ partNumber, status, resumed }: PartEvent, isSending: boolean): void {
		if (status === 'stored') this.#set(partNumber - 1, resumed ? 'resumed' : 'stored');
		else if (status === 'sending') this.#set(partNumber - 1, 'sending');
		// Lost, or failed because there is no network: its turn comes again.
		else this.#set(partNumber - 1, status === 'failed' && isSending ? 'retrying' : 'waiting');
	}

	/** Every part that is in one state goes to another, as when a pause takes all requests back. */
	replace(from: PartState, to: PartState): void {
		const wanted = PART_STATES.indexOf(from);
		if (this.counts[wanted] === 0) return;
		this.#states.forEach((state, index) => {
			if (state === wanted) this.#set(index, to);
		});
	}

	#set(index: number, state: PartState): void {
		const before = this.#states[index];
		const after = PART_STATES.indexOf(state);
		if (before === undefined || before === after) return;
		this.#states[index] = after;
		this.counts[before] = (this.counts[before] ?? 0) - 1;
		this.counts[after] = (this.counts[after] ?? 0) + 1;
		this.onChange?.(index);
	}
}
