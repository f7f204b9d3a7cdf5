import type { Emulator } from '../../emulator/index.js';
import type { TabChannel, TransportRequest, TransportResponse } from '../../src/core/ports.js';
import { isFinal } from '../../src/core/task/state.js';
import type { Task } from '../../src/core/task/task.js';
import { BUCKET, type LockHolder, type Locks } from './page-world.js';
import type { PagePlan } from './schedule.js';
import type { Stage } from './stage.js';

/** Simulated milliseconds in which the first request is out of a task that takes over. */
const TAKE_OVER_MS = 2000;

export interface ConductOptions {
	readonly stage: Stage;
	readonly oss: Emulator;
	readonly locks: Locks;
	readonly holder: LockHolder;
	readonly plan: PagePlan;
	readonly isDead: () => boolean;
	readonly task: () => Task;
	readonly check: (expectation: () => void) => void;
}

/** Counts of requests that OSS had heard. */
interface Span {
	readonly from: number;
	to: number;
}

/** How a task behaves to others of its upload. */
export class Conduct {
	readonly #options: ConductOptions;
	/** Takeovers so far, and whether something was sent since the last. */
	#takeovers = 0;
	#hasSent = false;
	/** While it followed. */
	readonly followed: Span[] = [];
	/** When it began uploads. */
	readonly begun: number[] = [];
	/** When it was told, and not by a fault, that its object is there. */
	readonly found: number[] = [];
	/** When it dropped the upload that it ran. */
	readonly dropped: number[] = [];

	constructor(options: ConductOptions) {
		this.#options = options;
	}

	/** No two tasks send at one time for one upload. */
	expectMaySend({ method, url }: TransportRequest): void {
		this.#hasSent = true;
		const { oss, locks, holder, isDead } = this.#options;
		// What a page was about to send in the moment of its death may still go out.
		if (isDead() || (method !== 'PUT' && method !== 'POST')) return;
		const { searchParams } = new URL(url);
		// Others are looked at with an upload that does not exist: what the CORS rule lacks.
		const isOfUpload = oss.uploads(BUCKET).some(({ uploadId }) => uploadId === searchParams.get('uploadId'));
		if (isOfUpload && !locks.holds(holder)) throw new Error('It sends for an upload that it does not hold');
	}

	learn({ method, url }: TransportRequest, { status }: TransportResponse): void {
		const isBegin = method === 'POST' && new URL(url).searchParams.has('uploads');
		const { requests } = this.#options.oss;
		if (isBegin && status === 200) this.begun.push(requests.length);
		const isFault = requests.findLast(({ operation }) => operation === 'HeadObject')?.faulted;
		if (method === 'HEAD' && status === 200 && !isFault) this.found.push(requests.length);
	}

	/** `abort()` was called while it ran; `isShared`: a task of its page followed the upload. */
	isAborted(isShared: boolean): void {
		const { task, oss } = this.#options;
		const { state, checkpointId } = task();
		if (state !== 'aborted' || checkpointId === undefined) return;
		if (isShared) throw new Error('It dropped an upload that a task of its page follows');
		this.dropped.push(oss.requests.length);
	}

	/** It has the lock, which another task held. */
	takesOver(): void {
		const { stage, check } = this.#options;
		this.#hasSent = false;
		const turn = ++this.#takeovers;
		stage.after(TAKE_OVER_MS, () => {
			if (turn === this.#takeovers && this.#mustHaveSent)
				check(() => {
					throw new Error('It took over, and has sent nothing');
				});
		});
	}

	watched(channel: TabChannel): TabChannel {
		const { oss } = this.#options;
		return {
			...channel,
			follow: (id) => {
				const span = { from: oss.requests.length, to: Number.POSITIVE_INFINITY };
				this.followed.push(span);
				const unfollow = channel.follow(id);
				return () => {
					span.to = oss.requests.length;
					unfollow();
				};
			},
		};
	}

	get #mustHaveSent(): boolean {
		const { plan, isDead, task } = this.#options;
		const isSmooth = !plan.store && !plan.credentials && !plan.hasher && plan.fingerprint === 'answers';
		const isUninterrupted = plan.events.every(({ type }) => type === 'set-clock');
		return isSmooth && isUninterrupted && !this.#hasSent && !isDead() && !isFinal(task().state);
	}
}
