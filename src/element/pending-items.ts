import type { PendingUpload, Uploader } from '../index.js';
import { takeLeft } from './left.js';
import { PendingItem } from './pending-item.js';

/** The interrupted uploads that nobody runs, those of this page's list left out. */
export class PendingItems {
	readonly #uploader: Uploader;
	/** Of the uploads that this page's list shows already. */
	readonly #ours: () => ReadonlySet<string | undefined>;
	readonly #onChange: () => void;
	readonly #items = new Map<string, PendingItem>();
	/** Being dropped: it may still be listed. */
	readonly #leaving = new Set<string>();
	#listed: readonly PendingUpload[] | undefined;
	#shown: readonly PendingItem[] = [];

	constructor(uploader: Uploader, ours: () => ReadonlySet<string | undefined>, onChange: () => void) {
		this.#uploader = uploader;
		this.#ours = ours;
		this.#onChange = onChange;
		// With it OSS is told of what earlier visits could not tell: the snapshot only looks.
		uploader.pending().catch(() => {});
	}

	/** Newest first; the same array until others are shown. */
	get shown(): readonly PendingItem[] {
		return this.#shown;
	}

	/** What the uploader has listed, perhaps as before. */
	show(listed: readonly PendingUpload[]): void {
		const ours = this.#ours();
		if (listed !== this.#listed) {
			this.#listed = listed;
			this.#take(listed, ours);
		}
		for (const { id, pending, undo } of this.#items.values()) {
			// What goes on again is not discarded any more.
			if (pending.running || ours.has(id)) undo.end();
		}
		const shown = [...this.#items.values()].filter(
			(item) => item.isBusy || !(item.pending.running || this.#leaving.has(item.id) || ours.has(item.id)),
		);
		const isSame =
			shown.length === this.#shown.length && shown.every((item, index) => item === this.#shown[index]);
		if (!isSame) this.#shown = shown;
	}

	/** After some seconds, unless that is undone. */
	discard(item: PendingItem, onFailed: () => void): void {
		item.undo.begin(() => {
			this.#drop(item.id, onFailed);
			return item.id;
		});
		this.#onChange();
	}

	/** Hidden at once, and gone when `dropped` resolves: where that rejects it is shown again. */
	async leave(id: string, dropped: Promise<unknown>): Promise<void> {
		this.#leaving.add(id);
		this.#onChange();
		await dropped.then(
			() => this.#items.delete(id),
			() => {},
		);
		this.#leaving.delete(id);
		this.#onChange();
	}

	#drop(id: string, onFailed: () => void): void {
		const dropped = this.#uploader.discard(id);
		dropped.catch(onFailed);
		void this.leave(id, dropped);
	}

	#take(listed: readonly PendingUpload[], ours: ReadonlySet<string | undefined>): void {
		const before = new Map(this.#items);
		this.#items.clear();
		for (const pending of listed) {
			const item = before.get(pending.id) ?? new PendingItem(pending);
			item.pending = pending;
			this.#items.set(pending.id, item);
		}
		// A page that is left lets go of its uploads late: those that run elsewhere may only seem to.
		const left = takeLeft(listed.filter(({ id, running }) => !running || ours.has(id)));
		// It stands in the list again where that fails. What goes on in this page is dropped no more.
		for (const id of left) if (!ours.has(id)) this.#drop(id, () => {});
	}
}
