import {
	isUploadError,
	type PendingUpload,
	type ResumeOptions,
	type Totals,
	type Uploader,
	type UploadResult,
	type UploadTask,
} from '../index.js';
import type { PendingItem } from './pending-item.js';
import { PendingItems } from './pending-items.js';
import type { News, UploadFile } from './upload-file.js';
import { UploadItem } from './upload-item.js';

/** What `oss-upload-change` tells. */
export interface UploadsSnapshot {
	/** In the order in which they came; those that were removed from the list are not among them. */
	readonly files: readonly UploadFile[];
	/** Interrupted uploads of earlier visits, newest first. */
	readonly pending: readonly PendingUpload[];
	/** Over every upload begun since the uploader was last idle. */
	readonly totals: Totals;
}

export interface NewFile {
	readonly file: File;
	readonly path: string;
	readonly owner: object;
	readonly begin: (key: string | undefined) => UploadTask;
}

type NewsListener = (item: UploadItem, news: News) => void;

const known = new WeakMap<Uploader, Uploads>();

/** What the elements of one uploader share. */
export function uploadsOf(uploader: Uploader): Uploads {
	const found = known.get(uploader) ?? new Uploads(uploader);
	known.set(uploader, found);
	return found;
}

/** The list of one uploader: its files, ended ones too, and what is pending. It draws nothing. */
export class Uploads {
	readonly uploader: Uploader;
	readonly #items = new Set<UploadItem>();
	readonly #tasks = new WeakSet<UploadTask>();
	readonly #pending: PendingItems;
	readonly #listeners = new Set<() => void>();
	readonly #newsListeners = new Set<NewsListener>();
	/** A task of ours is being made: it is not one that the app began. */
	#isStarting = false;
	#isPendingStale = true;
	#snapshot: UploadsSnapshot | undefined;
	#list: readonly UploadItem[] | undefined;
	readonly #active = new Set<UploadItem>();
	/** The one of its lists that says what happens: two would say everything twice. */
	speaker: object | undefined;

	constructor(uploader: Uploader) {
		this.uploader = uploader;
		this.#pending = new PendingItems(
			uploader,
			() => this.#ids(),
			() => this.#change(),
		);
		uploader.subscribe(() => this.#adopt());
		this.#adopt();
	}

	/** In the order in which they came; the same array until there are others. */
	get items(): readonly UploadItem[] {
		this.#list ??= [...this.#items];
		return this.#list;
	}

	/** How many are neither ended nor refused; counted as they change, since each of thousands may ask. */
	get active(): number {
		return this.#active.size;
	}

	get pending(): readonly PendingItem[] {
		// Only when somebody looks: each of thousands of files may change ten times a second.
		if (this.#isPendingStale) this.#pending.show(this.uploader.snapshot().pending);
		this.#isPendingStale = false;
		return this.#pending.shown;
	}

	get totals(): Totals {
		return this.uploader.snapshot().totals;
	}

	/** One frozen value until something changes. */
	snapshot(): UploadsSnapshot {
		this.#snapshot ??= Object.freeze({
			files: this.items.map((item) => item.view()),
			pending: this.pending.map(({ pending }) => pending),
			totals: this.totals,
		});
		return this.#snapshot;
	}

	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	onNews(listener: NewsListener): () => void {
		this.#newsListeners.add(listener);
		return () => this.#newsListeners.delete(listener);
	}

	/** A row for the file, which is not begun yet. */
	add({ file, path, owner, begin }: NewFile): UploadItem {
		const { name, size } = file;
		return this.#show(this.#item({ name, size, path, owner, start: (key) => this.#start(() => begin(key)) }));
	}

	restore(result: UploadResult, name: string, owner: object): void {
		const { size } = result;
		this.#show(this.#item({ name, size, path: name, owner, start: undefined })).restore(result);
	}

	/** It leaves the list; its task is left alone. */
	remove(item: UploadItem): void {
		item.close();
		this.#items.delete(item);
		this.#active.delete(item);
		this.#list = undefined;
		this.#change();
	}

	cancel(item: UploadItem): void {
		item.cancel(() => void this.drop(item));
	}

	/** It leaves the list, and OSS drops what it holds of it. */
	drop(item: UploadItem): Promise<void> {
		const id = item.task?.checkpointId;
		const dropped = item.drop();
		this.remove(item);
		if (id !== undefined) void this.#pending.leave(id, dropped);
		return dropped;
	}

	/**
	 * Goes on with an interrupted upload. It moves to the list when the file was looked at; where it is another one,
	 * nothing has changed. `options` as of `Uploader.resume`.
	 *
	 * @returns false: it is not its file
	 */
	async resume(
		pending: PendingItem,
		file: File | undefined,
		owner: object,
		options: (file: File | undefined) => ResumeOptions,
	): Promise<boolean> {
		const { id, name, pending: upload } = pending;
		if (pending.isBusy || (file && file.size !== upload.size)) return pending.isBusy;
		const resume = this.uploader.resume as (id: string, blob?: Blob, options?: ResumeOptions) => UploadTask;
		const start = () => this.#start(() => resume.call(this.uploader, id, file, options(file)));
		const item = this.#item({ name, size: upload.size, path: name, owner, start });
		pending.isBusy = true;
		pending.note = '';
		this.#change();
		item.start();
		const error = item.task ? await mismatch(item.task) : item.error;
		pending.isBusy = false;
		const isOther = isUploadError(error) && error.code === 'FileChanged';
		if (isOther) item.close();
		else this.#show(item);
		this.#change();
		return !isOther;
	}

	discard(item: PendingItem, onFailed: () => void): void {
		this.#pending.discard(item, onFailed);
	}

	undoDiscard(item: PendingItem): void {
		item.undo.end();
		this.#change();
	}

	/** Something that is shown has changed, and is not told by a task. */
	touch(): void {
		this.#change();
	}

	#start(begin: () => UploadTask): UploadTask {
		this.#isStarting = true;
		try {
			const task = begin();
			this.#tasks.add(task);
			return task;
		} finally {
			this.#isStarting = false;
		}
	}

	/** Tasks that the app began by itself are shown too. */
	#adopt(): void {
		const { tasks } = this.uploader.snapshot();
		for (const task of this.#isStarting ? [] : tasks) {
			if (this.#tasks.has(task)) continue;
			this.#tasks.add(task);
			const { name, size } = task.file;
			const shown = name || (task.key ?? '');
			this.#show(this.#item({ name: shown, size, path: shown, owner: undefined, start: undefined })).follow(
				task,
			);
		}
		this.#change();
	}

	#item(about: Omit<ConstructorParameters<typeof UploadItem>[0], 'onChange' | 'onNews'>): UploadItem {
		return new UploadItem({
			...about,
			onChange: (item) => this.#count(item),
			onNews: (item, news) => {
				for (const listener of [...this.#newsListeners]) listener(item, news);
			},
		});
	}

	#show(item: UploadItem): UploadItem {
		this.#items.add(item);
		this.#list = undefined;
		this.#count(item);
		return item;
	}

	#count(item: UploadItem): void {
		if (item.isActive && this.#items.has(item)) this.#active.add(item);
		else this.#active.delete(item);
		this.#change();
	}

	/** Of the uploads that its files have. */
	#ids(): ReadonlySet<string | undefined> {
		const unfinished = this.items.filter(({ state }) => state !== 'done');
		return new Set(unfinished.map(({ task }) => task?.checkpointId));
	}

	#change(): void {
		this.#snapshot = undefined;
		this.#isPendingStale = true;
		for (const listener of [...this.#listeners]) listener();
	}
}

/** Resolves when file and upload were compared, with the error where that failed. */
function mismatch(task: UploadTask): Promise<unknown> {
	return new Promise((resolve) => {
		const look = () => {
			if (task.state === 'waiting' || task.state === 'preparing') return;
			stop();
			if (task.state === 'failed') task.result.catch(resolve);
			else resolve(undefined);
		};
		const stop = task.on('state', look);
		look();
	});
}
