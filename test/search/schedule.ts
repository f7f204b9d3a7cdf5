import type { FaultRule } from '../../emulator/index.js';
import type { Verify } from '../../src/core/model.js';
import type { IfRunning } from '../../src/core/upload/run.js';
import type { CorsKind } from './cors-rules.js';

/** Bytes. */
export const PART: number = 100 * 1024;

/** What befalls a page, or is done to its task. A tick is a call of a port: everything that the core awaits. */
export type PageEvent = { readonly tick: number } & (
	| { readonly type: 'die' }
	/** Resumed after so many milliseconds. */
	| { readonly type: 'pause'; readonly ms: number }
	| { readonly type: 'offline'; readonly ms: number }
	| { readonly type: 'abort' }
	/** By the caller's signal. */
	| { readonly type: 'stop' }
	| { readonly type: 'close' }
	/** Somebody sets the machine's clock so far ahead of the true time (negative: behind). */
	| { readonly type: 'set-clock'; readonly ms: number }
);

/** Something that a page needs goes wrong at its n-th call, so many times. */
export interface Trouble<How extends string> {
	readonly how: How;
	readonly from: number;
	readonly times: number;
}

/** The file is changed before the visit; its name and time stay as they were. */
export type Edit =
	/** One byte, in some part. */
	{ readonly type: 'flip'; readonly at: number } | { readonly type: 'grow' };

/**
 * What becomes of what tabs say to each other. `prompt`: it is heard in order, at once; `late`: within less than a second;
 * `wild`: it is lost, comes late, twice, out of order, and other versions of the library talk too.
 */
export type ChannelKind = 'prompt' | 'late' | 'wild';

/** Another task of the same file, begun while the page runs. */
export interface TabPlan {
	/** A tick of the first page. */
	readonly opensAt: number;
	/** In the page itself, and not in a tab of its own. */
	readonly isInPage: boolean;
	/** What it says that the object is to bear, where that is something else. */
	readonly owner: string | undefined;
	readonly plan: Omit<PagePlan, 'owner' | 'gapMs' | 'cors' | 'resumes' | 'tabs' | 'channel'>;
}

export interface PagePlan {
	/** Milliseconds since the last visit. */
	readonly gapMs: number;
	readonly edit: Edit | undefined;
	/** What the page says that the object is to bear as its metadata. */
	readonly owner: string;
	readonly events: readonly PageEvent[];
	/** `from` is a tick here, and it lasts. */
	readonly store: Omit<Trouble<'fails' | 'hangs' | 'hangs-applied'>, 'times'> | undefined;
	readonly credentials: Trouble<'throws' | 'hangs' | 'network' | 'nonsense'> | undefined;
	/** `lost`: the worker is gone, and so is its chunk; `gone`: for good. */
	readonly hasher: Trouble<'lost' | 'gone'> | undefined;
	readonly fingerprint: 'answers' | 'hangs' | 'hangs-deaf' | 'fails';
	readonly cors: CorsKind;
	/** The browser lets one request through at a time. */
	readonly queues: boolean;
	/** What is done once the task has ended, or can no longer end by itself. */
	readonly afterwards: 'dies' | 'lingers' | 'closes' | 'aborts' | 'discards';
	/** An unfinished upload is resumed by its id, where there is one. */
	readonly resumes: boolean;
	readonly ifRunning: IfRunning;
	readonly tabs: readonly TabPlan[];
	readonly channel: ChannelKind;
}

export interface Schedule {
	/** Bytes. */
	readonly size: number;
	readonly parallel: number;
	readonly verify: Verify;
	readonly mayList: boolean;
	readonly mayHead: boolean;
	readonly tokenSeconds: number;
	/** The fingerprint tells every two files apart; else it is one and the same for all. */
	readonly isFingerprintTrue: boolean;
	/** The key is what the unfinished upload has, else one that nobody had before. */
	readonly asksKey: boolean;
	/** An object that somebody put at the key before the first visit. */
	readonly older: { readonly holds: 'the same' | 'something else'; readonly agoMs: number } | undefined;
	/** The machine's clock is so far ahead of the true time. */
	readonly clockAheadMs: number;
	/** The transport tells how much of a body is sent. */
	readonly tellsSent: boolean;
	/** Each request and each answer is under way for up to so many milliseconds. */
	readonly latencyMs: number;
	/** Of the latencies and the like. */
	readonly seed: number;
	/** Those that hang or delay are the line's, the others OSS's. */
	readonly faults: readonly FaultRule[];
	readonly pages: readonly PagePlan[];
}

export const CALM: PagePlan = {
	gapMs: 1000,
	edit: undefined,
	owner: 'v1',
	events: [],
	store: undefined,
	credentials: undefined,
	hasher: undefined,
	fingerprint: 'answers',
	cors: 'full',
	queues: false,
	resumes: false,
	afterwards: 'lingers',
	ifRunning: 'fail',
	tabs: [],
	channel: 'prompt',
};

/** Whether nothing befalls the page by itself; the rule, the rights and the faults are looked at elsewhere. */
export const isUndisturbed = ({ events, store, credentials, hasher, fingerprint }: PagePlan): boolean =>
	events.length === 0 && !store && !credentials && !hasher && fingerprint === 'answers';
