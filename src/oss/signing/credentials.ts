import { abortable } from '../../base/abortable.js';
import type { Clock } from '../../core/ports.js';
import { type Credentials, type CredentialsAnswer, readCredentials } from './credentials-answer.js';
import { askProvider, unexpected } from './provider.js';

export type { Credentials, CredentialsAnswer, StsCredentials } from './credentials-answer.js';

/** Why it is asked: `initial` the first time, `expiring` before the last ones end, `rejected` when OSS refused them. */
export type CredentialsReason = 'initial' | 'expiring' | 'rejected';

export interface CredentialsRequest {
	readonly bucket: string;
	/** The object they are needed for first. */
	readonly key: string;
	readonly reason: CredentialsReason;
	/** Aborted when nobody waits any more: after 30 s, or when the uploader is closed. */
	readonly signal: AbortSignal;
}

/**
 * Asks the app's own server for a token. Where it fails by the network, the upload waits as for any network: no answer, or
 * a proxy's 502, 503 or 504, told by the `status` of what is thrown or of its `response` or `cause`. Any other failure (it
 * throws, hangs for 30 s, answers nonsense) is tried three times and then ends as `Credentials`.
 */
export type GetCredentials = (request: CredentialsRequest) => CredentialsAnswer | Promise<CredentialsAnswer>;

export interface CredentialsOptions {
	readonly getCredentials: GetCredentials;
	/** One token for all objects, or one for each key. @default 'uploader' */
	readonly credentialsFor?: 'uploader' | 'key' | undefined;
	readonly bucket: string;
	readonly clock: Clock;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly serverNow: () => number;
}

export interface CredentialsCache {
	/** Rejects with `Credentials`, or with `signal.reason`, which ends no flight that others wait for. */
	get(key: string, signal: AbortSignal): Promise<Credentials>;
	/** OSS refused `used`. Many requests may say so of the same ones: that makes one call. */
	reject(key: string, used: Credentials): void;
	/**
	 * Nobody uploads to `key` any more: what belongs to it alone is dropped. Without a key, nobody uploads anything.
	 * Whoever still waits gets what is being asked.
	 */
	forget(key?: string): void;
	/** Ends what is being asked, and drops all secrets. */
	close(): void;
}

export function createCredentials(options: CredentialsOptions): CredentialsCache {
	const closing = new AbortController();
	const slots = new Map<string, Slot>();
	const nameOf = (key: string): string => (options.credentialsFor === 'key' ? key : '');
	const slotOf = (key: string): Slot => {
		const name = nameOf(key);
		const slot = slots.get(name) ?? new Slot(options);
		slots.set(name, slot);
		return slot;
	};
	const drop = (name: string): void => {
		slots.get(name)?.retire();
		slots.delete(name);
	};
	return {
		async get(key, signal) {
			signal.throwIfAborted();
			closing.signal.throwIfAborted();
			return slotOf(key).get(key, signal);
		},
		reject: (key, used) => slots.get(nameOf(key))?.reject(used),
		forget(key) {
			if (key === undefined) for (const name of slots.keys()) drop(name);
			else if (options.credentialsFor === 'key') drop(key);
		},
		close() {
			closing.abort(new DOMException('Aborted: the uploader was closed', 'AbortError'));
			for (const slot of slots.values()) slot.end(closing.signal.reason);
			slots.clear();
		},
	};
}

interface Held {
	readonly credentials: Credentials;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly expiresAt: number;
	/** Milliseconds since 1970, by this machine's. */
	readonly fetchedAt: number;
}

/** Milliseconds in which an early refresh that failed is not tried again: each request would ask otherwise. */
const COOL_DOWN = 5_000;

/**
 * OSS looks at a token when a request arrives, so the margin covers a slow start and no transfer. A tenth of the life
 * leaves a token of 5 s useful for 4.5 s, and 5 minutes are enough for one of 12 hours.
 */
const marginOf = (life: number): number => Math.min(life / 10, 5 * 60_000);

/** The credentials of one scope: those held, and the one flight that asks for the next. */
class Slot {
	readonly #options: CredentialsOptions;
	readonly #ending = new AbortController();
	#held: Held | undefined;
	#flight: Promise<Credentials> | undefined;
	/** Why the next ones will be asked for. */
	#reason: CredentialsReason = 'initial';
	#failedAt = Number.NEGATIVE_INFINITY;
	#waiting = 0;

	constructor(options: CredentialsOptions) {
		this.#options = options;
	}

	async get(key: string, signal: AbortSignal): Promise<Credentials> {
		const held = this.#held;
		const state = held ? this.#stateOf(held) : 'ended';
		if (held && state !== 'ended') {
			// In the background: whoever has good ones waits for no provider.
			if (state === 'due' && !this.#isCooling()) this.#ask(key).catch(() => {});
			return held.credentials;
		}
		this.#waiting++;
		try {
			return await abortable(signal, this.#ask(key));
		} finally {
			this.#waiting--;
		}
	}

	reject(used: Credentials): void {
		if (this.#held?.credentials !== used) return;
		this.#held = undefined;
		this.#reason = 'rejected';
	}

	/** Nobody begins to wait any more. */
	retire(): void {
		if (this.#waiting === 0) this.end(new DOMException('Nobody waits any more', 'AbortError'));
	}

	end(reason: unknown): void {
		this.#held = undefined;
		this.#ending.abort(reason);
	}

	#stateOf({ expiresAt, fetchedAt }: Held): 'good' | 'due' | 'ended' {
		const { clock, serverNow } = this.#options;
		const left = expiresAt - serverNow();
		// Computed anew each time: the skew may have been learned only after they came.
		const life = left + (clock.now() - fetchedAt);
		// Expired on arrival means that a clock is wrong, theirs or ours. OSS's own word decides then; asking again
		// for every request would not help.
		if (life <= 0 || left >= marginOf(life)) return 'good';
		return left > 0 ? 'due' : 'ended';
	}

	/** Not by the difference's sign: a clock that was set back must not cool for hours. */
	#isCooling(): boolean {
		return Math.abs(this.#options.clock.now() - this.#failedAt) < COOL_DOWN;
	}

	/** One flight at a time: parts that start together must not ask STS each. */
	#ask(key: string): Promise<Credentials> {
		this.#flight ??= this.#fly(key);
		return this.#flight;
	}

	async #fly(key: string): Promise<Credentials> {
		const { getCredentials, bucket, clock } = this.#options;
		const reason = this.#reason;
		const ask = (signal: AbortSignal) => getCredentials({ bucket, key, reason, signal });
		const read = (answer: unknown) => readCredentials(answer, 'getCredentials', unexpected);
		try {
			const credentials = await askProvider('getCredentials', ask, read, clock, this.#ending.signal);
			const expiresAt = Number(credentials.expiration ?? Number.POSITIVE_INFINITY);
			this.#held = { credentials, expiresAt, fetchedAt: clock.now() };
			this.#reason = 'expiring';
			return credentials;
		} catch (error) {
			this.#failedAt = clock.now();
			throw error;
		} finally {
			this.#flight = undefined;
		}
	}
}
