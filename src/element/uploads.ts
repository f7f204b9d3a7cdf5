import type { PendingUpload, ResumeOptions, Totals, Uploader, UploadResult, UploadTask } from '../index.js';
import { isOtherFile } from './failures.js';
import { mismatch } from './mismatch.js';
import type { PendingItem } from './pending-item.js';
import { PendingItems } from './pending-items.js';
import { Speakers } from './speakers.js';
import type { News, UploadFile } from './upload-file.js';
import { type Owner, UploadItem } from './upload-item.js';

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
	readonly owner: Owner;
	readonly begin: (key: string | undefined) => UploadTask;
}

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
	/** Those that are not shown too. */
	readonly #items = new Set<UploadItem>();
	readonly #tasks = new WeakSet<UploadTask>();
	readonly #pending: PendingItems;
	readonly #listeners = new Set<() => void>();
	/** A task of ours is being made: it is not one that the app began. */
	#isStarting = false;
	#isPendingStale = true;
	#snapshot: UploadsSnapshot | undefined;
	#list: readonly UploadItem[] | undefined;
	readonly #active = new Set<UploadItem>();
	/** Those whose file may not be that of the upload that it was chosen for. */
	readonly #unsure = new Set<UploadItem>();
	readonly speakers: Speakers = new Speakers();

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

	/** The list, in the order in which they came; the same array until there are others. */
	get items(): readonly UploadItem[] {
		this.#list ??= [...this.#items].filter(({ isShown }) => isShown);
		return this.#list;
	}

	/** All that it has taken, or the app has begun, whether they are shown or not. */
	of(owner: Owner | undefined): readonly UploadItem[] {
		return [...this.#items].filter((item) => item.owner === owner);
	}

	/** How many were begun and have not ended; counted as they change, since each of thousands may ask. */
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

	/** It has its place, and is neither begun nor shown. */
	add({ file, path, owner, begin }: NewFile): UploadItem {
		const { name, size } = file;
		return this.#item({ name, size, path, owner, start: (key) => this.#start(() => begin(key)) });
	}

	/** It has a row from now on. */
	show(item: UploadItem): UploadItem {
		item.isShown = true;
		this.#list = undefined;
		this.#count(item);
		return item;
	}

	restore(result: UploadResult, name: string, owner: Owner): void {
		const { size } = result;
		this.show(this.#item({ name, size, path: name, owner, start: undefined })).restore(result);
	}

	/** It leaves the list; its task is left alone. */
	remove(item: UploadItem): void {
		item.close();
		this.#items.delete(item);
		this.#active.delete(item);
		this.#list = undefined;
		this.#change();
	}

	/** What has ended leaves the list. What is stored stays its owner's, which may be part of a form. */
	clear(): void {
		for (const item of this.items) {
			const isStored = item.state === 'done';
			if (isStored && item.owner) item.isShown = false;
			else if (isStored || item.state === 'refused') this.remove(item);
		}
		this.#list = undefined;
		this.#change();
	}

	cancel(item: UploadItem): void {
		item.cancel(() => {
			const { held } = item;
			void this.drop(item);
			// One that another task goes on with was only stopped.
			const id = held?.state === 'aborted' ? held.checkpointId : undefined;
			// Where nothing is remembered, no visit has anything to drop.
			return this.uploader.snapshot().pending.some((pending) => pending.id === id) ? id : undefined;
		});
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
	 * Goes on with an interrupted upload. It is its owner's at once, and moves to the list when the file was looked at, or
	 * while it has to wait for its turn to be; where it is another one, nothing has changed. `options` as of
	 * `Uploader.resume`.
	 *
	 * @returns false: it is not its file
	 */
	async resume(
		pending: PendingItem,
		file: File | undefined,
		owner: Owner,
		options: (file: File | undefined) => ResumeOptions,
	): Promise<boolean> {
		const { id, name, pending: upload } = pending;
		if (pending.isBusy || (file && file.size !== upload.size)) return pending.isBusy;
		const resume = this.uploader.resume as (id: string, blob?: Blob, options?: ResumeOptions) => UploadTask;
		const start = () => this.#start(() => resume.call(this.uploader, id, file, options(file)));
		const item = this.#item({ name, size: upload.size, path: name, owner, start, resumes: true });
		pending.isBusy = true;
		pending.note = '';
		this.#change();
		this.#unsure.add(item);
		item.start();
		const move = () => {
			pending.isBusy = false;
			this.show(item);
		};
		const error = item.task ? await mismatch(item.task, move) : item.error;
		this.#unsure.delete(item);
		if (!isOtherFile(error)) {
			move();
			return true;
		}
		pending.isBusy = false;
		this.remove(item);
		return false;
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

	/**
	 * Tasks that the app began by itself are shown too, once the uploader's snapshot tells of them: it does so some ten times
	 * a second, and one that is over by then is not among them.
	 */
	#adopt(): void {
		const { tasks } = this.uploader.snapshot();
		for (const task of this.#isStarting ? [] : tasks) {
			if (this.#tasks.has(task)) continue;
			this.#tasks.add(task);
			const { name, size } = task.file;
			const shown = name || (task.key ?? '');
			const item = this.#item({ name: shown, size, path: shown, owner: undefined, start: undefined });
			this.show(item).follow(task);
		}
		this.#change();
	}

	#item(about: Omit<ConstructorParameters<typeof UploadItem>[0], 'onChange' | 'onNews'>): UploadItem {
		const made = new UploadItem({
			...about,
			onChange: (item) => this.#count(item),
			onNews: (item, news) => this.#tell(item, news),
		});
		this.#items.add(made);
		this.#count(made);
		return made;
	}

	#tell(item: UploadItem, news: News): void {
		const { state, path, error } = item;
		// Of the upload for which it was chosen nothing has failed.
		if (this.#unsure.has(item) && isOtherFile(error)) return;
		// biome-ignore lint/suspicious/noConsole: the screen tells people what helps people; this is for whoever builds the page.
		if (state === 'failed') console.error(`oss-resumable-upload: "${path}" failed.`, error);
		item.owner?.tell(item, news);
		this.speakers.tell(item, news);
	}

	#count(item: UploadItem): void {
		if (item.isActive && !item.isUnstarted && this.#items.has(item)) this.#active.add(item);
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
