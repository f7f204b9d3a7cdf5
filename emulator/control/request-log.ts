import type { AuthorizationKind } from '../protocol/authorization-kind.js';
import type { Operation } from '../protocol/router.js';

/** One request, written when its answer ended or its connection died. */
export interface RequestRecord {
	/** When it arrived: milliseconds since 1970, by the machine's clock. */
	readonly at: number;
	readonly requestId: string;
	readonly operation: Operation;
	readonly method: string;
	readonly bucket?: string;
	readonly key?: string;
	readonly partNumber?: number;
	readonly uploadId?: string;
	readonly origin?: string;
	readonly authorization: AuthorizationKind;
	/** Request headers in lower case, without the authorization and the security token. */
	readonly headers: Readonly<Record<string, string>>;
	/** Bytes of the body that arrived. */
	readonly bytes: number;
	/** 0 when no answer was sent. */
	readonly status: number;
	/** OSS's code, where the answer was an error. */
	readonly code?: string;
	/** Types of the faults that befell it, comma-separated. */
	readonly faulted?: string;
	/** Whether it changed what is stored. */
	readonly stored: boolean;
}

/** A record while its request is under way. */
export type OpenRecord = { -readonly [Name in keyof RequestRecord]: RequestRecord[Name] };

type Predicate = (record: RequestRecord) => boolean;

interface Waiter {
	readonly matches: Predicate;
	readonly resolve: (record: RequestRecord) => void;
}

/** Tells those who wait of each record, past or future. */
class Records {
	readonly list: RequestRecord[] = [];
	#waiters: readonly Waiter[] = [];

	add(record: RequestRecord): void {
		this.list.push(record);
		const waiters = this.#waiters;
		this.#waiters = waiters.filter(({ matches }) => !matches(record));
		for (const waiter of waiters) {
			if (!this.#waiters.includes(waiter)) waiter.resolve(record);
		}
	}

	when(matches: Predicate): Promise<RequestRecord> {
		const past = this.list.find(matches);
		if (past) return Promise.resolve(past);
		return new Promise((resolve) => {
			this.#waiters = [...this.#waiters, { matches, resolve }];
		});
	}
}

export class RequestLog {
	readonly #arrived = new Records();
	readonly #ended = new Records();
	readonly #open = new Set<OpenRecord>();
	#maxInFlight = 0;

	get ended(): readonly RequestRecord[] {
		return this.#ended.list;
	}

	/** Requests under way, preflights apart. */
	get inFlight(): number {
		return [...this.#open].filter(({ operation }) => operation !== 'Preflight').length;
	}

	/** The most that were under way at once since the log was last cleared. */
	get maxInFlight(): number {
		return this.#maxInFlight;
	}

	begin(record: OpenRecord): void {
		this.#open.add(record);
		this.#maxInFlight = Math.max(this.#maxInFlight, this.inFlight);
		this.#arrived.add(record);
	}

	/** A second call for the same record does nothing. */
	end(record: OpenRecord): void {
		if (this.#open.delete(record)) this.#ended.add(record);
	}

	whenEnded(matches: Predicate): Promise<RequestRecord> {
		return this.#ended.when(matches);
	}

	whenArrived(matches: Predicate): Promise<RequestRecord> {
		return this.#arrived.when(matches);
	}

	clear(): void {
		this.#ended.list.length = 0;
		this.#arrived.list.length = 0;
		this.#maxInFlight = this.inFlight;
	}
}
