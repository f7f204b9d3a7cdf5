import {
	isFinal,
	type PendingUpload,
	type Progress,
	type TaskEvents,
	type TaskState,
	type Uploader,
	type UploadOptions,
	type UploadResult,
	type UploadTask,
} from '../../src/index.js';

type Listener = (value: never) => void;

/** A task that does what a test says, and what is asked of it. */
export class FakeTask implements UploadTask {
	readonly id = Math.random().toString(36);
	readonly file: UploadTask['file'];
	readonly options: Partial<UploadOptions>;
	checkpointId: string | undefined;
	/** Another task goes on with its upload. */
	isFollowed = false;
	key: string | undefined;
	state: TaskState = 'waiting';
	progress: Progress;
	readonly result: Promise<UploadResult>;
	readonly #listeners = new Map<string, Set<Listener>>();
	readonly #subscribers = new Set<() => void>();
	#settle: { resolve(result: UploadResult): void; reject(error: unknown): void } | undefined;
	readonly #onChange: () => void;

	constructor(blob: Blob, options: Partial<UploadOptions>, onChange: () => void) {
		const { name = '', size, type }: Partial<File> & Blob = blob;
		this.file = { name, size, type };
		this.options = options;
		this.#onChange = onChange;
		this.progress = {
			...{ loaded: 0, stored: 0, total: size, resumed: 0, partsDone: 0, partsTotal: 0 },
			...{ bytesPerSecond: 0, remainingMs: undefined },
		};
		this.result = new Promise((resolve, reject) => {
			this.#settle = { resolve, reject };
		});
		this.result.catch(() => {});
	}

	readonly snapshot = () => ({ ...this, error: undefined });

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#subscribers.add(listener);
		return () => this.#subscribers.delete(listener);
	};

	on<E extends keyof TaskEvents>(event: E, listener: (value: TaskEvents[E]) => void): () => void {
		const listeners = this.#listeners.get(event) ?? new Set();
		this.#listeners.set(event, listeners.add(listener as Listener));
		return () => listeners.delete(listener as Listener);
	}

	tell<E extends keyof TaskEvents>(event: E, value: TaskEvents[E]): void {
		for (const listener of this.#listeners.get(event) ?? []) listener(value as never);
	}

	go(state: TaskState, loaded = this.progress.loaded): void {
		this.state = state;
		this.progress = { ...this.progress, loaded, stored: loaded };
		this.tell('state', state);
		for (const listener of this.#subscribers) listener();
		this.#onChange();
	}

	async finish(key = 'k'): Promise<void> {
		this.go('done', this.file.size);
		this.#settle?.resolve({
			...{ bucket: 'b', key, etag: '"e"', size: this.file.size, crc64: '1', verified: 'object' },
			...{ resumed: 0, skipped: false, location: '', requestId: 'r' },
		});
		await this.result;
	}

	async fail(error: unknown): Promise<void> {
		this.go('failed');
		this.#settle?.reject(error);
		await this.result.catch(() => {});
	}

	pause(): void {
		if (!isFinal(this.state)) this.go('paused');
	}

	resume(): void {
		if (this.state === 'paused') this.go('uploading');
	}

	async abort(): Promise<void> {
		this.go(this.isFollowed ? 'stopped' : 'aborted');
		this.#settle?.reject(new DOMException('Cancelled', 'AbortError'));
	}
}

/** Begins fake tasks, and lists what a test says is pending. */
export class FakeUploader implements Partial<Uploader> {
	readonly began: FakeTask[] = [];
	readonly discarded: string[] = [];
	/** As the real one does when something is begun, or listed by `pending()`. */
	hasSwept = false;
	listed: readonly PendingUpload[] = [];
	readonly #listeners = new Set<() => void>();

	/** As the elements take it. */
	get asUploader(): Uploader {
		return this as unknown as Uploader;
	}

	get tasks(): readonly FakeTask[] {
		return this.began.filter(({ state }) => !isFinal(state));
	}

	upload(blob: Blob, options: UploadOptions): FakeTask {
		return this.#begin(blob, options);
	}

	resume(id: string, blob: Blob = new Blob(), options: Partial<UploadOptions> = {}): FakeTask {
		const task = this.#begin(blob, options);
		task.checkpointId = id;
		return task;
	}

	async pending(): Promise<readonly PendingUpload[]> {
		this.hasSwept = true;
		return this.listed;
	}

	async discard(id: string): Promise<void> {
		this.discarded.push(id);
	}

	readonly snapshot = () => ({
		tasks: this.tasks,
		pending: this.listed,
		totals: { loaded: 0, total: 0, bytesPerSecond: 0, remainingMs: undefined, running: 0 },
	});

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	list(...listed: readonly PendingUpload[]): void {
		this.listed = listed;
		this.#tell();
	}

	#begin(blob: Blob, options: Partial<UploadOptions>): FakeTask {
		const task = new FakeTask(blob, options, () => this.#tell());
		this.began.push(task);
		// As the real one, before whoever asked has the task.
		this.#tell();
		return task;
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}

export const pendingUpload = (id: string, over: Partial<PendingUpload> = {}): PendingUpload => ({
	...{ id, key: `films/${id}`, name: `${id}.mov`, size: 5, loaded: 2, data: undefined, running: false },
	...{ createdAt: 0, updatedAt: 0, expiresAt: 1, source: 'needed' },
	...over,
});
