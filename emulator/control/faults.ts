import type { Operation } from '../protocol/router.js';

export const IMPOSTER_KINDS = ['html', 'empty', 'no-content', 'redirect'] as const;
export type ImposterKind = (typeof IMPOSTER_KINDS)[number];

/** What befalls a request. */
export type FaultAction =
	/** Answered so, once the body has been read and before anything of it is applied. */
	| {
			readonly type: 'status';
			readonly status: number;
			/** OSS's code; `InternalError` by default. */
			readonly code?: string;
			/** OSS's finer code; the one that `code` has, where it is known. */
			readonly ec?: string;
			readonly headers?: Readonly<Record<string, string>>;
			/** Instead of the XML of the code. */
			readonly body?: string;
	  }
	/** What accounts since 2025-03-20 get at a public endpoint of the mainland: 400, EC 0048-00000401. */
	| { readonly type: 'public-endpoint-forbidden' }
	/**
	 * Answered by something that is not OSS (a service worker, a captive portal, a proxy): without any header of OSS's.
	 * OSS never saw the request; with `applied` it did, and its answer was lost on the way.
	 */
	| {
			readonly type: 'answer-as';
			/** A page; nothing at all; 204; a redirect. Status 200 where none is said here. */
			readonly as: ImposterKind;
			readonly applied?: boolean;
			/** Another status than the kind's own, such as 504. */
			readonly status?: number;
			/** Of the redirect; an address that does not exist by default. */
			readonly location?: string;
			/** The page's; a page that says to sign in by default. */
			readonly body?: string;
			/** Whether a page of another origin may read it, as far as the bucket's rules would let it; true by default. */
			readonly cors?: boolean;
	  }
	/** Headers of OSS's own answer, whatever it is: added or replaced, or with null taken away. */
	| { readonly type: 'headers'; readonly headers: Readonly<Record<string, string | null>> }
	/** The connection is destroyed after so many bytes of the body (0 by default), at its end at the latest. */
	| { readonly type: 'cut'; readonly afterBytes?: number }
	/**
	 * The body is read, then nothing: until the client goes, or the rule is cleared and the request goes on.
	 * With `applied` it takes effect first, and only the answer hangs.
	 */
	| { readonly type: 'hang'; readonly applied?: boolean }
	/** Milliseconds before the request is looked at; with `applied`, between its effect and its answer. */
	| { readonly type: 'delay'; readonly ms: number; readonly applied?: boolean }
	/** Applied, then the connection is destroyed. */
	| { readonly type: 'drop-reply' }
	/**
	 * UploadPart and PutObject: the first byte flips on its way in, so that a Content-MD5 notices.
	 * Complete: the first byte of the finished object flips. OSS's checksums are those of the corrupted bytes.
	 */
	| { readonly type: 'corrupt' }
	/** The upload named by the request is gone before it is looked at. */
	| { readonly type: 'forget-upload' }
	/** Every token minted so far is expired from now on. */
	| { readonly type: 'expire-tokens' }
	/** From now on the clock is so far ahead of the machine's (negative: behind). */
	| { readonly type: 'skew-clock'; readonly ms: number }
	/** Left out of Access-Control-Expose-Headers. */
	| { readonly type: 'hide-headers'; readonly names: readonly string[] }
	/** The body is read no faster than this. */
	| { readonly type: 'throttle'; readonly bytesPerSecond: number }
	/** Applied, then answered with this instead of the answer's own body, status and headers. */
	| {
			readonly type: 'replace-body';
			readonly body: string;
			readonly status?: number;
			readonly headers?: Readonly<Record<string, string>>;
	  };

/** A fault, and the requests to OSS it is for: all of them where nothing is said. Preflights only by name. */
export interface FaultRule {
	readonly operation?: Exclude<Operation, 'AssumeRole'>;
	readonly method?: string;
	readonly partNumber?: number;
	readonly key?: string;
	/** Begins at the k-th matching request after the rule was added; 1 by default. */
	readonly occurrence?: number;
	/** Of those only each n-th; 1 by default. */
	readonly every?: number;
	/** How many of them; 1 by default. */
	readonly times?: number | 'always';
	readonly action: FaultAction;
}

/** What rules are compared with. */
export interface FaultTarget {
	readonly operation: Operation;
	readonly method: string;
	readonly partNumber?: number;
	readonly key?: string;
}

/** A fault that befell one request. */
export interface Fault {
	readonly action: FaultAction;
	/** Aborted when the rule is cleared. */
	readonly cleared: AbortSignal;
}

export type FaultType = FaultAction['type'];

export const findFault = <Type extends FaultType>(
	faults: readonly Fault[],
	type: Type,
): (Fault & { readonly action: Extract<FaultAction, { readonly type: Type }> }) | undefined =>
	faults.find(
		(fault): fault is Fault & { readonly action: Extract<FaultAction, { readonly type: Type }> } =>
			fault.action.type === type,
	);

export class Faults {
	#rules: readonly { readonly rule: FaultRule; readonly clear: AbortController; matched: number }[] = [];

	/** Answers what takes the rule away again. */
	add(rule: FaultRule): () => void {
		const entry = { rule, clear: new AbortController(), matched: 0 };
		this.#rules = [...this.#rules, entry];
		return () => {
			entry.clear.abort();
			this.#rules = this.#rules.filter((each) => each !== entry);
		};
	}

	clear(): void {
		for (const { clear } of this.#rules) clear.abort();
		this.#rules = [];
	}

	/** The faults for this request, in the order their rules were added. Each call counts as an occurrence. */
	strike(target: FaultTarget): readonly Fault[] {
		const struck: Fault[] = [];
		for (const entry of this.#rules) {
			const { rule, clear } = entry;
			if (!isFor(rule, target)) continue;
			const { occurrence = 1, every = 1, times = 1 } = rule;
			const turn = (++entry.matched - occurrence) / every;
			if (turn >= 0 && Number.isInteger(turn) && (times === 'always' || turn < times)) {
				struck.push({ action: rule.action, cleared: clear.signal });
			}
		}
		return struck;
	}
}

const isFor = (rule: FaultRule, target: FaultTarget): boolean =>
	(rule.operation === undefined
		? target.operation !== 'Preflight' || rule.method === 'OPTIONS'
		: rule.operation === target.operation) &&
	(rule.method === undefined || rule.method === target.method) &&
	(rule.partNumber === undefined || rule.partNumber === target.partNumber) &&
	(rule.key === undefined || rule.key === target.key);
