import { isFinal, type Progress, type TaskState, type UploadResult, type UploadTask } from '../index.js';
import { hasNoRecord, mayBeDropped } from './failures.js';
import type { Refusal } from './limits.js';
import { PartStates } from './part-states.js';
import { Retries } from './retries.js';
import { Undo } from './undo.js';
import type { FileState, News, UploadFile } from './upload-file.js';
import { percentOf } from './words/words.js';

/** Who took a file is told what becomes of it, in the page or out of it. */
export interface Owner {
	/** Then none of its files is begun, and none leaves its form. */
	readonly isDisabled: boolean;
	/** In the page: what is disabled out of it stays so, with nobody left who could change that. */
	readonly isConnected: boolean;
	tell(item: UploadItem, news: News): void;
}

export interface ItemOptions {
	readonly name: string;
	readonly path: string;
	readonly size: number;
	/** Who took it; undefined for a task that the app began itself. */
	readonly owner: Owner | undefined;
	/** Begins its task, under the key that an earlier one had; undefined where there is no file to send again. */
	readonly start: ((key: string | undefined) => UploadTask) | undefined;
	/** `start` goes on with the upload of an earlier visit, and cannot begin anew. */
	readonly resumes?: boolean;
	readonly onChange: (item: UploadItem) => void;
	readonly onNews: (item: UploadItem, news: News) => void;
}

/** One file of the list, through all tasks that it has had. */
export class UploadItem implements UploadFile {
	readonly id: string = Math.random().toString(36).slice(2);
	readonly #options: ItemOptions;
	#task: UploadTask | undefined;
	#unsubscribe: (() => void)[] = [];
	#state: FileState = 'waiting';
	/** Its task has been at work. */
	#hasBegun = false;
	#wasStarted = false;
	#quarter = 0;
	#staysPaused = false;
	#view: UploadFile | undefined;
	readonly #undo = new Undo();
	/** Nobody looks at it any more. */
	isClosed = false;
	/** `validate` has not said yet whether it is taken: nothing begins it. */
	isUndecided = false;
	/** Not while the file of an interrupted upload is looked at, nor once the list was cleared of it. */
	isShown = false;
	result: UploadResult | undefined;
	error: unknown;
	/** Says why it was not taken, where the element itself says so. */
	refusal: Refusal | undefined;
	retries: Retries = new Retries();
	/** Sentences of the library about what is not as it should be. */
	warnings: readonly string[] = [];
	/** Undefined for a file of one part. */
	parts: PartStates | undefined;

	constructor(options: ItemOptions) {
		this.#options = options;
	}

	get name(): string {
		return this.#options.name;
	}

	get path(): string {
		return this.#options.path;
	}

	get size(): number {
		return this.#options.size;
	}

	get owner(): Owner | undefined {
		return this.#options.owner;
	}

	get task(): UploadTask | undefined {
		return this.#task;
	}

	/** `aborted` as soon as it is cancelled, though that may be undone. */
	get state(): FileState {
		return this.#undo.isOpen ? 'aborted' : this.#state;
	}

	get progress(): Progress | undefined {
		// A task that waits has none yet, and to make one the browser is asked for the size of its file.
		return this.#hasBegun ? this.#task?.progress : undefined;
	}

	get key(): string | undefined {
		return this.result?.key ?? this.#task?.key;
	}

	/** Its owner is, in the page. */
	get isDisabled(): boolean {
		const { owner } = this;
		return (owner?.isConnected && owner.isDisabled) ?? false;
	}

	/** It was cancelled, and may be brought back. */
	get canUndo(): boolean {
		return this.#undo.isOpen;
	}

	get canRetry(): boolean {
		const { state, error } = this;
		const { start, resumes = false } = this.#options;
		const hasEnded = state === 'failed' || state === 'stopped';
		return hasEnded && start !== undefined && !(resumes && hasNoRecord(error));
	}

	/** It should be moving, and does not. */
	get isRetrying(): boolean {
		return isSending(this.state) && this.retries.areInVain;
	}

	/** Neither ended nor refused. */
	get isActive(): boolean {
		const { state } = this;
		return state !== 'refused' && !isFinal(state);
	}

	/** What OSS holds of it may be dropped. */
	get held(): UploadTask | undefined {
		const task = this.#task;
		return task?.state !== 'done' && mayBeDropped(this.error) ? task : undefined;
	}

	/** Nobody has begun it yet: that is asked for. */
	get isUnstarted(): boolean {
		return this.state === 'waiting' && !this.#task;
	}

	/** It waits for whoever begins it. */
	get canStart(): boolean {
		return this.isUnstarted && !this.isUndecided;
	}

	/** Begun, and neither ended nor paused. */
	get isRunning(): boolean {
		return this.isActive && !this.isUnstarted && this.state !== 'paused';
	}

	/** One frozen value until something changes. */
	view(): UploadFile {
		const { id, name, path, size, state, progress, key, result, error } = this;
		this.#view ??= Object.freeze({ id, name, path, size, state, progress, key, result, error });
		return this.#view;
	}

	/** Begins, or begins again: what OSS holds is not sent again. */
	start(): void {
		const { start } = this.#options;
		if (!start || this.isClosed || this.isUndecided || this.isDisabled) return;
		if (this.#task && !isFinal(this.#task.state)) return;
		try {
			this.follow(start(this.#task?.key));
		} catch (error) {
			// Options that are wrong are the app's mistake: it is shown, and the other files begin all the same.
			this.#end('failed', error);
		}
	}

	/** `reason`: the app's sentence, or what its `validate` failed with. */
	refuse(reason: unknown, refusal?: Refusal): void {
		this.refusal = refusal;
		this.#end('refused', reason);
	}

	/** It was stored on an earlier visit, as a form remembers. */
	restore(result: UploadResult): void {
		this.result = result;
		this.#state = 'done';
		this.#change();
	}

	follow(task: UploadTask): void {
		this.#leave();
		this.#task = task;
		this.error = undefined;
		this.retries = new Retries();
		this.warnings = [];
		this.parts = undefined;
		this.#quarter = 0;
		this.#hasBegun = false;
		this.#wasStarted = false;
		this.#unsubscribe = [
			task.subscribe(() => this.#look()),
			task.on('part', (part) => this.#heed(task)?.hear(part, isSending(task.state))),
			task.on('retry', () => {
				this.retries.add();
				this.#change();
			}),
			task.on('warning', ({ message }) => {
				if (!this.warnings.includes(message)) this.warnings = [...this.warnings, message];
				this.#change();
			}),
		];
		task.result.then(
			(result) => this.#task === task && this.#finish(result),
			(error: unknown) => this.#task === task && this.#end(task.state, error),
		);
		this.#look();
	}

	pause(): void {
		this.#task?.pause();
	}

	resume(): void {
		if (this.#task) this.#task.resume();
		else this.start();
	}

	/** Stops at once; after some seconds without `undo`, `drop` is called, as by `Undo`. */
	cancel(drop: () => string | undefined): void {
		this.#staysPaused = this.#state === 'paused' || !this.#task;
		// First: a cancel is no pause to whoever hears of it.
		this.#undo.begin(drop);
		this.#task?.pause();
		this.#change();
		this.#options.onNews(this, 'aborted');
	}

	undo(): void {
		this.#undo.end();
		if (!this.#staysPaused) this.#task?.resume();
		this.#change();
	}

	/** For good: what OSS holds of it is dropped too, unless it is another's or a whole object. */
	async drop(): Promise<void> {
		this.#undo.end();
		await this.held?.abort();
	}

	close(): void {
		this.isClosed = true;
		this.#undo.end();
		this.#leave();
		this.#task = undefined;
	}

	#leave(): void {
		for (const end of this.#unsubscribe.splice(0)) end();
	}

	#heed({ progress: { partsTotal } }: UploadTask): PartStates | undefined {
		if (partsTotal > 1) this.parts ??= new PartStates();
		this.parts?.setTotal(partsTotal);
		return this.parts;
	}

	#look(): void {
		const task = this.#task;
		if (!task) return;
		const before = this.#state;
		// That it has ended is known when its result is.
		if (!isFinal(task.state) || task.state === 'aborted') this.#state = task.state;
		this.#hasBegun ||= task.state !== 'waiting';
		if (this.#hasBegun) this.#heed(task);
		if (before !== this.#state) this.#turn(before);
		if (this.#hasBegun) this.#measure(task);
		this.#change();
	}

	#turn(before: FileState): void {
		const state = this.#state;
		this.retries.moved();
		if (!isSending(state)) {
			this.parts?.replace('sending', 'waiting');
			this.parts?.replace('retrying', state === 'failed' ? 'failed' : 'waiting');
		}
		const { onNews } = this.#options;
		if (this.#undo.isOpen) return;
		if (state === 'paused') onNews(this, 'paused');
		else if (state === 'offline') onNews(this, 'offline');
		else if (before === 'paused' && !isFinal(state as TaskState)) onNews(this, 'resumed');
		else if (state === 'uploading' && !this.#wasStarted) {
			this.#wasStarted = true;
			onNews(this, 'started');
		}
	}

	#measure({ progress: { loaded, total } }: UploadTask): void {
		this.retries.reach(loaded);
		const quarter = Math.floor(percentOf(loaded, total) / 25);
		if (quarter <= this.#quarter || quarter === 4) return;
		this.#quarter = quarter;
		this.#options.onNews(this, 'percent');
	}

	#finish(result: UploadResult): void {
		this.result = result;
		// It was quicker than whoever cancelled it.
		this.#undo.end();
		for (const state of ['waiting', 'sending', 'retrying'] as const) this.parts?.replace(state, 'stored');
		this.#settle('done', 'done');
	}

	#end(state: FileState, error: unknown): void {
		this.error = error;
		this.#settle(state, state === 'failed' || state === 'refused' ? 'failed' : undefined);
	}

	#settle(state: FileState, news: News | undefined): void {
		const before = this.#state;
		this.#state = state;
		this.#turn(before);
		this.#change();
		if (news) this.#options.onNews(this, news);
	}

	#change(): void {
		this.#view = undefined;
		this.#options.onChange(this);
	}
}

/** Whether a part that is not stored is being sent, or will be in a moment. */
const isSending = (state: FileState): boolean =>
	state === 'preparing' || state === 'uploading' || state === 'checking';
