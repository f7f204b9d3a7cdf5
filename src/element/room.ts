import type { UploadItem } from './upload-item.js';
import type { Uploads } from './uploads.js';

/** The files that an element has taken, and how many it takes. */
export class Room {
	readonly #uploads: Uploads;
	readonly #own: readonly UploadItem[];
	readonly #maxFiles: number;

	constructor(uploads: Uploads, own: readonly UploadItem[], maxFiles: number = Number.POSITIVE_INFINITY) {
		this.#uploads = uploads;
		this.#own = own;
		this.#maxFiles = maxFiles;
	}

	/** How many count: not what is still looked at, nor, where one file is taken, what has ended. */
	get taken(): number {
		return this.#own.filter(({ isActive, isShown, state }) =>
			isActive ? isShown : state !== 'refused' && state !== 'aborted' && this.#maxFiles > 1,
		).length;
	}

	/**
	 * One more was taken. What was cancelled gives its place away, and does not come back, where it would be one too many.
	 * Where one file is taken, it takes the place of those of `before` that have ended.
	 */
	make(before: readonly UploadItem[]): void {
		const cancelled = this.#own.filter(({ canUndo }) => canUndo);
		const [first] = cancelled;
		if (first && this.taken + cancelled.length > this.#maxFiles) void this.#uploads.drop(first);
		this.#replace(before.filter(({ isActive, canUndo }) => !isActive && !canUndo));
	}

	/** It is stored: where one file is taken, an interrupted upload that went on takes the place of what was stored before. */
	settle(item: UploadItem): void {
		if (this.#own.includes(item))
			this.#replace(
				this.#own.filter(({ state }) => state === 'done'),
				item,
			);
	}

	#replace(items: readonly UploadItem[], by?: UploadItem): void {
		if (this.#maxFiles > 1) return;
		for (const item of items) if (item !== by) this.#uploads.remove(item);
	}
}
