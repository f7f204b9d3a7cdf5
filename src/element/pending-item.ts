import type { PendingUpload } from '../index.js';
import { Undo } from './undo.js';

/** An interrupted upload of an earlier visit, as the list shows it. */
export class PendingItem {
	readonly id: string;
	pending: PendingUpload;
	/** A file was chosen for it, and is being looked at. */
	isBusy = false;
	/** Why it could not go on. */
	note = '';
	readonly undo: Undo = new Undo();

	constructor(pending: PendingUpload) {
		this.id = pending.id;
		this.pending = pending;
	}

	get name(): string {
		return this.pending.name || this.pending.key;
	}

	/** The file has to be chosen again, since the browser keeps none of it. */
	get needsFile(): boolean {
		const { source = 'needed' }: { readonly source?: string } = this.pending as object;
		return source === 'needed';
	}
}
