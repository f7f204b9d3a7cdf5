import type { TabChannel } from '../../src/core/ports.js';
import type { ChannelKind } from './schedule.js';
import type { Stage } from './stage.js';

/** A page of a browser, in which one or more tasks run: they die together. */
export class Home {
	readonly #followed: string[] = [];
	readonly #onDeath: (() => void)[] = [];
	isDead = false;

	follow(id: string): () => void {
		this.#followed.push(id);
		let follows = true;
		return () => {
			if (follows) this.#followed.splice(this.#followed.indexOf(id), 1);
			follows = false;
		};
	}

	isFollowed(id: string): boolean {
		return this.#followed.includes(id);
	}

	get isFollowing(): boolean {
		return this.#followed.length > 0;
	}

	onDeath(listener: () => void): void {
		this.#onDeath.push(listener);
	}

	die(): void {
		if (this.isDead) return;
		this.isDead = true;
		for (const listener of this.#onDeath) listener();
	}
}

export interface TabChannelsOptions {
	readonly stage: Stage;
	readonly random: () => number;
	readonly kind: ChannelKind;
}

interface Listener {
	readonly home: Home;
	readonly hear: (message: unknown) => void;
	/** When the message before gets there: of two on their way to one tab the first comes first, mostly. */
	lastAt: number;
}

/** What is said between the tabs of one visit. */
export class TabChannels {
	readonly #options: TabChannelsOptions;
	readonly #listeners = new Set<Listener>();

	constructor(options: TabChannelsOptions) {
		this.#options = options;
	}

	/** Whether a task of the page listens, or follows another. */
	isHeardIn(home: Home): boolean {
		return home.isFollowing || [...this.#listeners].some((listener) => listener.home === home);
	}

	portFor(home: Home, check: (work: () => void) => void): TabChannel {
		return {
			post: (message) => {
				if (!home.isDead) this.#post(home, structuredClone(message));
			},
			listen: (hear) => {
				const listener = { home, hear: (message: unknown) => check(() => hear(message)), lastAt: 0 };
				this.#listeners.add(listener);
				return () => this.#listeners.delete(listener);
			},
			follow: (id) => home.follow(id),
			isFollowed: (id) => home.isFollowed(id),
		};
	}

	#post(from: Home, message: object): void {
		const { random, kind } = this.#options;
		for (const listener of this.#listeners) {
			if (listener.home === from) queueMicrotask(() => this.#deliver(listener, message));
			else if (kind === 'wild') this.#sendWildly(listener, message);
			else if (kind === 'prompt' && random() < 0.5) queueMicrotask(() => this.#deliver(listener, message));
			else this.#send(listener, message, kind === 'late' ? 400 : 0, true);
		}
	}

	/** Lost, twice, out of order, and with words of other versions of the library between. */
	#sendWildly(listener: Listener, message: object): void {
		const { random } = this.#options;
		const copies = random() < 0.3 ? 0 : random() < 0.3 ? 2 : 1;
		for (let copy = 0; copy < copies; copy++)
			this.#send(listener, message, random() < 0.2 ? 30_000 : 400, false);
		const strange = strangers(message);
		if (random() < 0.3) this.#send(listener, strange[Math.floor(random() * strange.length)], 1000, false);
	}

	#send(listener: Listener, message: unknown, maxMs: number, isInOrder: boolean): void {
		const { stage, random } = this.#options;
		const soonest = stage.now + Math.round(random() * maxMs);
		const at = isInOrder ? Math.max(soonest, listener.lastAt) : soonest;
		listener.lastAt = at;
		stage.after(at - stage.now, () => this.#deliver(listener, message));
	}

	#deliver(listener: Listener, message: unknown): void {
		if (this.#listeners.has(listener) && !listener.home.isDead) listener.hear(message);
	}
}

/** What another version of the library might say in its place. */
function strangers(message: object): readonly unknown[] {
	const { id }: { id?: unknown } = message;
	const counts = { loaded: -1, stored: 2 ** 40, resumed: 0, partsDone: 9, partsTotal: 3 };
	return [
		undefined,
		'hello',
		{ ...message, progress: undefined },
		{ ...message, from: undefined, terms: undefined },
		{ ...message, ending: { how: 'asleep' } },
		{ ...message, progress: { ...counts } },
		{ type: 'state', id, state: 'uploading', progress: { ...counts, loaded: 0, stored: 0, partsDone: 0 } },
		{ type: 'end', id, ending: { how: 'aborted' } },
		{ type: 'end', id, ending: { how: 'done', result: {} } },
		{ type: 'end', id, from: 'nobody', ending: { how: 'aborted' } },
		{ type: 'end', id, from: 'nobody', ending: { how: 'failed' } },
		{ type: 'ask', id: 'another' },
		{ type: 'farewell', id, from: 'nobody' },
	];
}
