import { wantsFileAgain } from './failures.js';
import { isCounted } from './upload-file.js';
import type { Owner, UploadItem } from './upload-item.js';
import type { Uploads } from './uploads.js';

/** For how many files an element has room, and which of its files go for another one. */
export class Room {
	readonly #uploads: Uploads;
	readonly #owner: Owner;
	readonly #maxFiles: number;

	constructor(uploads: Uploads, owner: Owner, maxFiles: number = Number.POSITIVE_INFINITY) {
		this.#uploads = uploads;
		this.#owner = owner;
		this.#maxFiles = maxFiles;
	}

	/** How many count: not what is still looked at, nor what gives way, nor, where one file is taken, what has ended. */
	get taken(): number {
		const isMany = this.#maxFiles > 1;
		return this.#own.filter((item) =>
			item.isActive ? item.isShown && !item.isUndecided : isMany && isCounted(item) && !givesWay(item),
		).length;
	}

	/**
	 * One more was taken. What was cancelled, or asks for its file again, gives its place away, and does not come back, where
	 * it would be one too many.
	 * Where one file is taken, it takes the place of those of `before` that have ended.
	 */
	make(before: readonly UploadItem[]): void {
		// Thousands are not looked through for each that joins them.
		if (this.#maxFiles === Number.POSITIVE_INFINITY) return;
		const giving = this.#own.filter(givesWay);
		const [first] = giving;
		if (first && this.taken + giving.length > this.#maxFiles) void this.#uploads.drop(first);
		this.#replace(before.filter(({ isActive, canUndo }) => !isActive && !canUndo));
	}

	/** It is stored. Where one file is taken, an interrupted upload takes the place of the file before by that, and no sooner. */
	settle(item: UploadItem): void {
		if (this.#maxFiles > 1 || !this.#own.includes(item)) return;
		this.#replace(this.#own.filter((each) => each !== item && each.state === 'done'));
	}

	get #own(): readonly UploadItem[] {
		return this.#uploads.of(this.#owner);
	}

	#replace(items: readonly UploadItem[]): void {
		if (this.#maxFiles > 1) return;
		for (const item of items) this.#uploads.remove(item);
	}
}

/** Nothing comes of it, unless somebody brings it back. */
const givesWay = ({ canUndo, state, error }: UploadItem): boolean =>
	canUndo || (state === 'failed' && wantsFileAgain(error));
