import type { PendingUpload } from 'oss-resumable-upload';
import { adviceOn } from './advice.js';
import { announce } from './announcer.js';
import { element, find, setText } from './element.js';
import { count, formatAgo, formatBytes, percentOf } from './format.js';

export interface PendingListOptions {
	/** Uploads of other visits, those of this page left out. */
	load(): Promise<readonly PendingUpload[]>;
	/** Goes on with this upload; resolves with a sentence when this is not its file, and nothing has changed then. */
	resume(pending: PendingUpload, file: File): Promise<string | undefined>;
	/** Resolves with a sentence when it could not be discarded. */
	discard(pending: PendingUpload): Promise<string | undefined>;
}

/** The uploads that an earlier visit left unfinished. Browsers do not keep the file: it has to be picked again. */
export class PendingList {
	readonly #options: PendingListOptions;
	readonly #section = find('#pending', HTMLElement);
	readonly #list = find('#pending ul', HTMLElement);
	readonly #problem = find('#pending > .note', HTMLElement);
	readonly #rows = new Map<string, HTMLElement>();
	#refreshing: Promise<void> | undefined;
	#isStale = false;

	constructor(options: PendingListOptions) {
		this.#options = options;
	}

	/** Reads the list again, once more if asked while reading. A row that stays is left alone, with its sentence and its focus. */
	refresh(): Promise<void> {
		this.#isStale = true;
		this.#refreshing ??= this.#read().finally(() => {
			this.#refreshing = undefined;
		});
		return this.#refreshing;
	}

	async #read(): Promise<void> {
		while (this.#isStale) {
			this.#isStale = false;
			try {
				this.#show(await this.#options.load());
				this.#say('');
			} catch (error) {
				// A page that cannot tell what is unfinished can upload all the same.
				this.#say(adviceOn(error));
			}
		}
	}

	#say(sentence: string): void {
		setText(this.#problem, sentence);
		this.#section.hidden = this.#rows.size === 0 && sentence === '';
	}

	#show(found: readonly PendingUpload[]): void {
		const ids = new Set(found.map(({ id }) => id));
		for (const [id, row] of this.#rows) {
			if (ids.has(id)) continue;
			// Nobody who works by keyboard shall be thrown to the top of the page.
			if (row.contains(document.activeElement)) find('h1', HTMLElement).focus();
			row.remove();
			this.#rows.delete(id);
		}
		for (const pending of found) {
			if (this.#rows.has(pending.id)) continue;
			const row = this.#row(pending);
			this.#rows.set(pending.id, row);
			this.#list.append(row);
		}
		setText(find('#pending-title', HTMLElement), count(found.length, 'interrupted upload'));
	}

	#row(pending: PendingUpload): HTMLElement {
		const name = pending.name || pending.key;
		const note = element('p', { class: 'note' });
		const input = element('input', { type: 'file', class: 'visually-hidden', id: `file-${pending.id}` });
		const label = element(
			'label',
			{ for: input.id, class: 'button primary' },
			'Pick the file to go on',
			element('span', { class: 'visually-hidden' }, ` with ${name}`),
		);
		const discard = element(
			'button',
			{ type: 'button', class: 'plain', 'aria-label': `Discard ${name}` },
			'Discard',
		);
		input.addEventListener('change', () => {
			const [file] = input.files ?? [];
			input.value = '';
			if (file) void this.#change(note, 'Looking at the file …', this.#options.resume(pending, file));
		});
		discard.addEventListener('click', () => {
			void this.#change(note, 'Discarding …', this.#options.discard(pending));
		});
		const buttons = element('p', { class: 'buttons' }, input, label, discard);
		return element('li', { class: 'card', 'data-state': 'interrupted' }, ...describe(pending), note, buttons);
	}

	async #change(note: HTMLElement, meanwhile: string, change: Promise<string | undefined>): Promise<void> {
		setText(note, meanwhile);
		const sentence = await change;
		setText(note, sentence ?? '');
		if (sentence) announce(sentence);
		await this.refresh();
	}
}

function describe({ name, key, size, loaded, updatedAt }: PendingUpload): HTMLElement[] {
	const title = element('h3', {}, name || key);
	const percent = percentOf(loaded, size);
	const bar = element('progress', {
		max: '100',
		value: String(percent),
		'aria-label': `Stored of ${name || key}`,
	});
	const stored = element('span', {}, `${formatBytes(loaded)} of ${formatBytes(size)} stored`);
	const when = element('span', {}, formatAgo(updatedAt, Date.now()));
	return [
		element('div', { class: 'head' }, title, element('span', { class: 'state' }, 'Interrupted')),
		element('p', { class: 'key' }, key),
		element('div', { class: 'bar' }, bar, element('span', { class: 'percent' }, `${percent} %`)),
		element('p', { class: 'numbers' }, stored, when),
	];
}
