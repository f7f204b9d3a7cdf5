import type { Clock } from '../ports.js';
import { Arrivals } from '../schedule/arrivals.js';
import type { UploadWarning } from './events.js';
import { sayOnConsole } from './listeners.js';
import { isFinal } from './state.js';
import { Task } from './task.js';
import type { TaskPlan } from './task-plan.js';
import { type Activity, type Totals, TotalsMeter } from './totals.js';

export interface TasksOptions {
	readonly clock: Pick<Clock, 'now' | 'monotonic' | 'turn'>;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	/** A task has begun, has ended, or shows something else. */
	readonly onChange: () => void;
	/** Nothing of the task runs any more. */
	readonly onSettled: (task: Task) => void;
	readonly onActivity?: ((activity: Activity) => void) | undefined;
}

/** All tasks of an uploader, and what they are together. */
export class Tasks {
	readonly #options: TasksOptions;
	readonly #totals: TotalsMeter;
	readonly #arrivals: Arrivals;
	readonly #tasks = new Set<Task>();
	/** Warnings that no task was there to tell. An app may listen to tasks only. */
	readonly #untold: UploadWarning[] = [];

	constructor(options: TasksOptions) {
		this.#options = options;
		this.#totals = new TotalsMeter(options.clock, options.onActivity);
		this.#arrivals = new Arrivals(options.clock, options.lifetime);
	}

	begin(plan: Omit<TaskPlan, 'totals' | 'arrivals' | 'onChange' | 'onSettled'>): Task {
		const { onChange } = this.#options;
		const { run, source, signal, onProgress, onFound } = plan;
		const task: Task = new Task({
			// Not `...plan`, which is slow: thousands may begin in one go.
			run,
			source,
			signal,
			onProgress,
			onFound,
			onChange,
			onSettled: () => this.#settle(task),
			totals: this.#totals,
			arrivals: this.#arrivals,
		});
		this.#tasks.add(task);
		// A moment later, when its listeners are there.
		for (const warning of this.#untold.splice(0)) queueMicrotask(() => task.warn(warning));
		onChange();
		return task;
	}

	#settle(task: Task): void {
		this.#tasks.delete(task);
		this.#options.onSettled(task);
	}

	/** Those that have not ended, oldest first. */
	list(): readonly Task[] {
		return [...this.#tasks].filter(({ state }) => !isFinal(state));
	}

	totals(): Totals {
		return this.#totals.look();
	}

	/** How many have an upload that is recorded: it is when their parts are planned. */
	get recorded(): number {
		// In this order: to know how far one is that still waits, the browser would have to be asked for the size of its file.
		return this.list().filter((task) => task.checkpointId !== undefined && task.progress.partsTotal > 0)
			.length;
	}

	isOf(key: string): boolean {
		for (const task of this.#tasks) if (task.key === key) return true;
		return false;
	}

	/** Tells all of something that concerns the whole uploader; where there is none, the console, and the next one. */
	warn(warning: UploadWarning): void {
		if (this.#tasks.size === 0) {
			sayOnConsole(warning);
			this.#untold.push(warning);
		}
		for (const task of this.#tasks) task.warn(warning);
	}

	pause(): void {
		for (const task of this.#tasks) task.pause();
	}

	resume(): void {
		for (const task of this.#tasks) task.resume();
	}

	stop(reason: unknown): void {
		for (const task of this.#tasks) task.stop(reason);
	}

	/** Resolves when nothing of those that are there now runs any more. */
	async settled(): Promise<void> {
		for (const task of [...this.#tasks]) await task.settled;
	}
}
