import type { Clock, TabChannel } from '../ports.js';
import { type Ending, hintIn, type StateHint } from './hints.js';
import type { TaskState } from './state.js';

/** Milliseconds after a question in which whoever asked may still want to hear: it asks again before they have passed. */
const HEARD_MS = 30_000;

export interface LeadingOptions {
	readonly channel: TabChannel;
	readonly clock: Pick<Clock, 'monotonic'>;
	/** The checkpoint's. */
	readonly id: string;
	/** The task's. */
	readonly from: string;
	/** What is said to OSS of the object. */
	readonly terms: string;
	readonly look: () => Pick<StateHint, 'state' | 'progress'>;
}

/** A task that runs an upload, as others see it. Each state is said to all, how far it is to those who ask. */
export class Leading {
	readonly #options: LeadingOptions;
	readonly #unlisten: () => void;
	#askedAt = Number.NEGATIVE_INFINITY;
	#said: TaskState | undefined;
	#hasEnded = false;

	constructor(options: LeadingOptions) {
		this.#options = options;
		const { channel, clock, id } = options;
		this.#unlisten = channel.listen((message) => {
			const hint = hintIn(message, id);
			if (hint?.type !== 'ask') return;
			this.#askedAt = clock.monotonic();
			this.#say(hint.question);
		});
		this.#say();
	}

	/** A task of this page follows the upload. */
	get isFollowed(): boolean {
		const { channel, id } = this.#options;
		return channel.isFollowed(id);
	}

	/** Something is to be seen: of one that has ended nothing is, since another may run the upload by now. */
	tell(): void {
		if (this.#hasEnded) return;
		const { clock, look } = this.#options;
		if (clock.monotonic() - this.#askedAt < HEARD_MS || look().state !== this.#said) this.#say();
	}

	#say(question?: unknown): void {
		const { channel, id, from, terms, look } = this.#options;
		const { state, progress } = look();
		this.#said = state;
		channel.post({ type: 'state', id, from, terms, state, progress, question });
	}

	/** Said to everybody, and before the lock is let go. */
	end(ending: Ending): void {
		this.#hasEnded = true;
		const { channel, id, from } = this.#options;
		channel.post({ type: 'end', id, from, ending });
		// Afterwards, since nobody may listen any more on a channel that is then closed.
		this.#unlisten();
	}
}
