import { fileInput } from '../file-input.js';
import type { IntakeElement } from '../intake-element.js';
import { node, setAttribute, setText } from '../node.js';
import type { PendingItem } from '../pending-item.js';
import type { Uploads } from '../uploads.js';
import type { Words } from '../words/words.js';
import { PendingRow } from './pending-row.js';
import { RowButton } from './row-button.js';
import { VirtualList } from './virtual-list.js';

export interface PendingPartOptions {
	readonly uploads: Uploads;
	readonly words: () => Words;
	/** Whose the resumed uploads are. */
	readonly intake: () => IntakeElement;
	readonly say: (sentence: string) => void;
	readonly schedule: () => void;
}

/** Interrupted uploads of earlier visits, above all others. */
export class PendingPart {
	readonly node: HTMLElement;
	readonly #options: PendingPartOptions;
	readonly #title = node('h2', { id: 'pending-title', tabindex: '-1' });
	readonly #note = node('p', { class: 'state note' });
	readonly #all: RowButton;
	readonly #rows: VirtualList<PendingItem>;
	/** One for all rows: what it was opened for. */
	readonly #input = fileInput((files) => void this.#match(files));
	#wanted: readonly PendingItem[] = [];

	constructor(options: PendingPartOptions) {
		this.#options = options;
		const { uploads, schedule } = options;
		this.#all = new RowButton({ onClick: () => this.#resume(uploads.pending) });
		const row = (item: PendingItem) =>
			new PendingRow(item, { ...options, resume: (one) => this.#resume([one]) });
		this.#rows = new VirtualList('pending-list', row, schedule);
		this.node = node(
			'section',
			{ part: 'pending', 'aria-labelledby': 'pending-title' },
			node('div', { class: 'title' }, this.#title, this.#all.node),
			this.#note,
			this.#rows.node,
			this.#input,
		);
	}

	render(words: Words): void {
		const { pending } = this.#options.uploads;
		this.node.hidden = pending.length === 0;
		setText(this.#title, words.say('interrupted', { count: pending.length }));
		this.#all.show(words.say('resumeAll'));
		this.#all.node.hidden = pending.length < 2;
		this.#all.isAvailable = !this.#options.intake().isDisabled;
		this.#note.hidden = !this.#note.textContent;
		setAttribute(this.#rows.list, 'aria-labelledby', 'pending-title');
		const lost = this.#rows.show(pending);
		if (lost !== undefined && !this.#rows.focus(lost)) this.#options.intake().focus();
	}

	focus(): void {
		this.#title.focus();
	}

	close(): void {
		this.#rows.close();
		this.node.remove();
	}

	/** Those whose file the browser kept go on at once; for the others one dialog asks. */
	#resume(items: readonly PendingItem[]): void {
		this.#note.textContent = '';
		for (const item of items) if (!item.needsFile && !item.undo.isOpen) void this.#goOn(item, undefined);
		this.#wanted = items.filter((item) => item.needsFile && !item.undo.isOpen);
		if (this.#wanted.length === 0) return;
		this.#input.multiple = this.#wanted.length > 1;
		this.#input.click();
	}

	/** Which file belongs to which is seen by name and size; that its content does, the upload sees. */
	async #match(files: readonly File[]): Promise<void> {
		const [only, another] = this.#wanted;
		const [file] = files;
		if (only && file && !another) return void (await this.#goOn(only, file));
		const left = new Set(files);
		const alike = new Map<string, PendingItem[]>();
		for (const item of this.#wanted) {
			const { name, size } = item.pending;
			alike.set(`${size} ${name}`, [...(alike.get(`${size} ${name}`) ?? []), item]);
		}
		const counts = await Promise.all([...alike.values()].map((items) => this.#matchAlike(items, left)));
		const count = counts.reduce((sum, each) => sum + each, 0);
		if (count > 0) this.#complain(this.#options.words().say('unmatched', { count }));
	}

	/** Of one name and size: one after the other tries what the others have left. Answers how many found nothing to try. */
	async #matchAlike(items: readonly PendingItem[], left: Set<File>): Promise<number> {
		let unmatched = 0;
		for (const item of items) {
			const { name, size } = item.pending;
			const files = [...left].filter((file) => file.name === name && file.size === size);
			if (files.length === 0) unmatched++;
			for (const file of files) {
				if (!(await this.#goOn(item, file))) continue;
				left.delete(file);
				break;
			}
		}
		return unmatched;
	}

	/** Whether it is its file. */
	async #goOn(item: PendingItem, file: File | undefined): Promise<boolean> {
		const { uploads, words, say, schedule } = this.#options;
		const intake = this.#options.intake();
		// Perhaps since the dialog was opened.
		if (intake.isDisabled) return true;
		const isItsFile = await uploads.resume(item, file, intake, (picked) => intake.resumeOptions(picked));
		if (isItsFile || !file) return true;
		item.note = words().say('otherFile', { name: file.name, wanted: item.name });
		say(item.note);
		schedule();
		return false;
	}

	#complain(sentence: string): void {
		this.#note.textContent = sentence;
		this.#options.say(sentence);
		this.#options.schedule();
	}
}
