import type { IntakeElement } from '../intake-element.js';
import { node, setAttribute, setText } from '../node.js';
import type { PendingItem } from '../pending-item.js';
import type { Uploads } from '../uploads.js';
import { percentOf, type Words } from '../words/words.js';
import { Bar } from './bar.js';
import { RowButton } from './row-button.js';
import type { Row } from './virtual-list.js';

export interface PendingRowOptions {
	readonly uploads: Uploads;
	readonly words: () => Words;
	readonly intake: () => Pick<IntakeElement, 'isDisabled'>;
	readonly say: (sentence: string) => void;
	/** Asks for the file where it must. */
	readonly resume: (item: PendingItem) => void;
}

/** An interrupted upload of an earlier visit. */
export class PendingRow implements Row {
	readonly node: HTMLLIElement;
	readonly #item: PendingItem;
	readonly #options: PendingRowOptions;
	readonly #name = node('span', { part: 'name', class: 'name', dir: 'auto' });
	readonly #when = node('span', { class: 'bytes quiet' });
	readonly #bar: Bar;
	readonly #state = node('span', { part: 'state', class: 'state' });
	readonly #resume: RowButton;
	readonly #discard: RowButton;

	constructor(item: PendingItem, options: PendingRowOptions) {
		this.#item = item;
		this.#options = options;
		const describedBy = `pending-name-${item.id}`;
		this.#name.id = describedBy;
		this.#bar = new Bar(describedBy);
		this.#resume = new RowButton({ describedBy, onClick: () => this.#onResume() });
		this.#discard = new RowButton({ describedBy, onClick: () => this.#onDiscard() });
		this.node = node(
			'li',
			{ part: 'row pending-row', class: 'row' },
			node('div', { class: 'main' }, ...[this.#name, this.#when, this.#bar.node, this.#state]),
			node(
				'div',
				{ class: 'actions wide' },
				this.#resume.node,
				node('div', { class: 'slot' }, this.#discard.node),
			),
		);
	}

	get firstButton(): HTMLElement | undefined {
		return this.#resume.node;
	}

	render(): void {
		const words = this.#options.words();
		const { pending, undo, note, isBusy, name } = this.#item;
		const { loaded, size, updatedAt } = pending;
		const isGoing = undo.isOpen;
		const isAvailable = !isBusy && !this.#options.intake().isDisabled;
		this.node.dataset.state = isGoing ? 'aborted' : note ? 'failed' : 'interrupted';
		setText(this.#name, name);
		setAttribute(this.#name, 'title', name);
		setText(this.#when, words.ago(Date.now() - updatedAt));
		const stored = words.say('stored', { loaded: words.size(loaded), total: words.size(size) });
		setText(
			this.#state,
			isGoing ? words.say('stateDiscarded') : isBusy ? words.say('stateLooking') : note || stored,
		);
		this.#bar.show(percentOf(loaded, size));
		this.#resume.show(words.say(isGoing ? 'undo' : 'resume'));
		setAttribute(
			this.#resume.node,
			'title',
			!isGoing && this.#item.needsFile ? words.say('pickToResume') : null,
		);
		this.#resume.isAvailable = isAvailable || isGoing;
		this.#discard.show(words.say('discard'), 'cross');
		this.#discard.node.style.visibility = isGoing ? 'hidden' : '';
		this.#discard.isAvailable = isAvailable;
		const { activeElement } = this.node.getRootNode() as ShadowRoot;
		if (isGoing && activeElement === this.#discard.node) this.#resume.node.focus();
	}

	close(): void {}

	#onResume(): void {
		const { uploads, resume } = this.#options;
		if (this.#item.undo.isOpen) uploads.undoDiscard(this.#item);
		else resume(this.#item);
	}

	#onDiscard(): void {
		const { uploads, words, say } = this.#options;
		const item = this.#item;
		uploads.discard(item, () => {
			item.note = words().say('discardFailed');
			say(`${item.name}: ${item.note}`);
		});
	}
}
