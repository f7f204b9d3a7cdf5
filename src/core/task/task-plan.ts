import type { SourceRef } from '../ports.js';
import type { Arrivals } from '../schedule/arrivals.js';
import type { Run } from '../upload/run.js';
import type { Progress } from './events.js';
import type { TotalsMeter } from './totals.js';

/** What a task needs to be told: its run, without what only the task itself can supply. */
export interface TaskPlan {
	readonly run: Omit<
		Run,
		'source' | 'load' | 'signal' | 'emit' | 'progress' | 'memory' | 'forget' | 'warnOnce'
	>;
	readonly source: SourceRef;
	/** The uploader's. */
	readonly totals: TotalsMeter;
	/** Its snapshot has changed. */
	readonly onChange: () => void;
	/** Nothing of it runs any more. */
	readonly onSettled: () => void;
	/** Something was recorded of its upload before it had it. Called once at most. */
	readonly onFound?: (() => void) | undefined;
	/** The uploader's. */
	readonly arrivals: Arrivals;
	readonly signal: AbortSignal | undefined;
	readonly onProgress: ((progress: Progress) => void) | undefined;
}
