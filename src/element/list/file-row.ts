import type { UploadResult } from '../../index.js';
import { icon, node, setAttribute, setText } from '../node.js';
import type { UploadItem } from '../upload-item.js';
import type { Uploads } from '../uploads.js';
import type { Words } from '../words/words.js';
import { Bar } from './bar.js';
import type { Details } from './details.js';
import { detailsOf, loadDetails, prepareDetails } from './details-loader.js';
import { adviceOn } from './failure.js';
import { bytesOf, paceOf, shownPercent, stateSentence } from './file-words.js';
import { RowButton } from './row-button.js';
import type { Row } from './virtual-list.js';

export interface FileRowOptions {
	readonly uploads: Uploads;
	/** As they are now: the language of the page may change. */
	readonly words: () => Words;
	readonly urlOf: (result: UploadResult) => string | undefined;
	/** Files whose details are open, since rows come and go. */
	readonly open: Set<UploadItem>;
	readonly say: (sentence: string) => void;
	readonly schedule: () => void;
}

/** One file in one compact row. */
export class FileRow implements Row {
	readonly node: HTMLLIElement;
	readonly #item: UploadItem;
	readonly #options: FileRowOptions;
	readonly #name = node('span', { part: 'name', class: 'name', dir: 'auto' });
	readonly #bytes = node('span', { class: 'bytes quiet' });
	readonly #bar: Bar;
	readonly #state = node('span', { part: 'state', class: 'state' });
	readonly #pace = node('span', { class: 'pace quiet' });
	/** Does what is `next`. */
	readonly #go: RowButton;
	readonly #link = node(
		'a',
		{ part: 'button', class: 'icon', target: '_blank', rel: 'noreferrer' },
		icon('open'),
	);
	readonly #cancel: RowButton;
	readonly #more: RowButton;
	/** In place of the details, why they are not there. */
	readonly #absence = node('p', { part: 'state', class: 'details quiet note', hidden: '' });
	#details: Details | undefined;
	/** Why they could not be loaded. */
	#missing: unknown;

	constructor(item: UploadItem, options: FileRowOptions) {
		this.#item = item;
		this.#options = options;
		const describedBy = `name-${item.id}`;
		this.#name.id = describedBy;
		this.#bar = new Bar(describedBy);
		this.#link.setAttribute('aria-describedby', describedBy);
		this.#go = new RowButton({ describedBy, onClick: () => this.#onGo() });
		this.#cancel = new RowButton({ describedBy, onClick: () => this.#onCancel() });
		this.#more = new RowButton({ describedBy, onClick: () => this.#onMore() });
		this.#more.node.setAttribute('aria-expanded', 'false');
		this.node = node(
			'li',
			{ part: 'row', class: 'row' },
			node('div', { class: 'main' }, ...[this.#name, this.#bytes, this.#bar.node, this.#state, this.#pace]),
			node(
				'div',
				{ class: 'actions' },
				node('div', { class: 'slot' }, this.#go.node, this.#link),
				node('div', { class: 'slot' }, this.#cancel.node),
				node('div', { class: 'slot' }, this.#more.node),
			),
			this.#absence,
		);
		this.node.addEventListener('keydown', (event) => this.#onKey(event));
		prepareDetails();
		if (options.open.has(item)) void this.#load();
	}

	get firstButton(): HTMLElement | undefined {
		const all = [this.#go.node, this.#link, this.#cancel.node, this.#more.node];
		return all.find((one) => !one.hidden);
	}

	render(): void {
		const { words } = this.#options;
		const item = this.#item;
		this.node.dataset.state = item.state;
		setText(this.#name, item.path);
		setAttribute(this.#name, 'title', item.path);
		setText(this.#bytes, bytesOf(item, words()));
		setText(this.#state, stateSentence(item, words()));
		setText(this.#pace, paceOf(item, words()));
		this.#bar.show(shownPercent(item));
		this.#showButtons(words());
		this.#showDetails(words());
	}

	close(): void {
		this.#details?.close();
	}

	#showButtons(words: Words): void {
		const { activeElement } = this.node.getRootNode() as ShadowRoot;
		const { state, canUndo, result, task, isActive, isDisabled, isUndecided } = this.#item;
		const next = this.#next;
		const url = result && this.#options.urlOf(result);
		setAttribute(this.#link, 'href', url ?? null);
		setAttribute(this.#link, 'aria-label', words.say('open'));
		setAttribute(this.#link, 'title', words.say('open'));
		this.#link.hidden = !url;
		this.#go.show(words.say(next), next === 'undo' ? undefined : next);
		this.node.classList.toggle('undoable', canUndo);
		const begins = next === 'retry' || next === 'start';
		this.#go.isAvailable = state !== 'completing' && !(isDisabled && begins);
		this.#go.node.hidden =
			isUndecided || Boolean(url) || (!isActive && (next === 'pause' || next === 'start'));
		this.#cancel.show(words.say(this.#isOver ? 'remove' : 'cancel'), 'cross');
		this.#cancel.isAvailable = state !== 'completing' && !(isDisabled && this.#isOver);
		this.#cancel.node.hidden = canUndo;
		this.#more.show(words.say('details'), 'more');
		this.#more.node.hidden = canUndo || !task;
		// A hidden button would drop the focus on the floor.
		const isLost =
			activeElement instanceof HTMLElement && activeElement.hidden && this.node.contains(activeElement);
		if (isLost) this.firstButton?.focus();
	}

	#showDetails(words: Words): void {
		const isOpen = this.#options.open.has(this.#item);
		setAttribute(this.#more.node, 'aria-expanded', String(isOpen));
		if (!isOpen) {
			this.#details?.close();
			this.#details?.node.remove();
			this.#details = undefined;
		} else if (!this.#details) {
			this.#details = detailsOf(this.#item, this.#options.schedule);
			if (this.#details) this.node.append(this.#details.node);
		}
		this.#details?.render(words);
		this.#absence.hidden = !isOpen || this.#details !== undefined || this.#missing === undefined;
		setText(this.#absence, this.#absence.hidden ? '' : this.#reason(words));
	}

	#reason(words: Words): string {
		return adviceOn({ error: this.#missing, refusal: undefined, canRetry: true }, words);
	}

	/** Nothing of it is left to drop. */
	get #isOver(): boolean {
		const { state, task } = this.#item;
		return state === 'done' || state === 'refused' || state === 'aborted' || (state === 'waiting' && !task);
	}

	/** What one would do next. */
	get #next() {
		const { state, canUndo, canRetry, task } = this.#item;
		if (canUndo) return 'undo';
		if (state === 'paused') return 'resume';
		if (canRetry) return 'retry';
		if (state === 'done') return 'copyKey';
		return task ? 'pause' : 'start';
	}

	#onGo(): void {
		const next = this.#next;
		if (next === 'copyKey') void this.#copy();
		else this.#item[next === 'retry' ? 'start' : next]();
	}

	#onCancel(): void {
		if (this.#isOver) this.#options.uploads.remove(this.#item);
		else this.#options.uploads.cancel(this.#item);
	}

	#onKey(event: KeyboardEvent): void {
		if (event.key !== 'Escape' || !this.#options.open.has(this.#item)) return;
		// A dialog around it stays.
		event.preventDefault();
		this.#more.node.focus();
		this.#onMore();
	}

	#onMore(): void {
		const { open, schedule } = this.#options;
		if (open.delete(this.#item)) schedule();
		else void this.#expand();
	}

	async #expand(): Promise<void> {
		const { words, say, open, schedule } = this.#options;
		open.add(this.#item);
		schedule();
		await this.#load();
		if (this.#missing !== undefined) say(this.#reason(words()));
	}

	async #load(): Promise<void> {
		const { open, schedule } = this.#options;
		this.#missing = await loadDetails().catch((error: unknown) => error);
		if (open.has(this.#item)) schedule();
	}

	async #copy(): Promise<void> {
		const { words, say } = this.#options;
		try {
			await navigator.clipboard.writeText(this.#item.key ?? '');
		} catch {
			// Not over plain http, nor where the browser refuses it: there it can be seen and copied by hand.
			return this.#expand();
		}
		say(words().say('copied'));
		this.#go.node.classList.add('pressed');
		setTimeout(() => this.#go.node.classList.remove('pressed'), 1000);
	}
}
