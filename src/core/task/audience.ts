import type { Clock } from '../ports.js';
import type { UploadWarning, UploadWarningCode } from './events.js';
import { Listeners, type TaskEvents } from './listeners.js';
import type { ProgressMeter } from './progress.js';
import { Pace, Snapshot } from './snapshot.js';
import type { TotalsMeter } from './totals.js';

export interface AudienceOptions<View extends object> {
	readonly meter: () => ProgressMeter;
	/** The uploader's, over all tasks. */
	readonly totals: TotalsMeter;
	readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	/** What there is to show now. */
	readonly look: () => View;
	/** The uploader is told of each change, too. */
	readonly onChange: () => void;
}

/** All who hear of one task: its listeners, those who follow its snapshot, and the uploader with its totals. */
export class Audience<View extends object> {
	readonly #options: AudienceOptions<View>;
	readonly #listeners = new Listeners();
	#snapshot: Snapshot<View> | undefined;
	readonly #pace: Pace;
	#warned: Set<UploadWarningCode> | undefined;
	/** What the totals know of: the most that was loaded at a time. */
	#counted = 0;
	#measured = 0;

	constructor(options: AudienceOptions<View>) {
		this.#options = options;
		this.#pace = new Pace(options.clock, options.lifetime, () => this.#tellProgress());
	}

	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void {
		return this.#listeners.on(event, listener);
	}

	/** Made when somebody asks for it: thousands of tasks may wait. */
	get snapshot(): Snapshot<View> {
		this.#snapshot ??= new Snapshot(this.#options.look);
		return this.#snapshot;
	}

	/** The meter has moved. */
	move(): void {
		this.#pace.touch();
	}

	/** What has moved is told before what follows from it. */
	catchUp(): void {
		this.#pace.flush();
	}

	tell<E extends keyof TaskEvents>(event: E, value: TaskEvents[E]): void {
		this.#listeners.tell(event, value);
	}

	warn(warning: UploadWarning): void {
		this.#listeners.warn(warning);
	}

	/** Tells a warning of a code that this task has not told yet. */
	warnOnce(code: UploadWarningCode, message: string, cause?: unknown): void {
		this.#warned ??= new Set();
		if (this.#warned.has(code)) return;
		this.#warned.add(code);
		this.warn({ code, message, ...(cause !== undefined && { cause }) });
	}

	/** Something else that is shown has changed. */
	change(): void {
		this.#snapshot?.change();
		this.#options.onChange();
	}

	/** It is at work: from now on its speed is measured. */
	work(): void {
		const { meter, totals } = this.#options;
		meter().work();
		totals.work();
	}

	/** It is not any more. What passes meanwhile is no part of any speed; of one that has ended, none is asked. */
	rest(hasEnded: boolean): void {
		const { meter, totals } = this.#options;
		if (!hasEnded) meter().rest();
		totals.rest();
	}

	/** Nothing more will be loaded of so many bytes. */
	leave(expected: number): void {
		this.#options.totals.end(expected - this.#counted);
	}

	#tellProgress(): void {
		const { meter, totals } = this.#options;
		const { measured } = meter();
		const progress = meter().snapshot();
		const more = Math.max(0, progress.loaded - this.#counted);
		totals.move(more, measured - this.#measured);
		this.#counted += more;
		this.#measured = measured;
		this.tell('progress', progress);
		this.change();
	}
}
