import { node, setText } from '../node.js';
import { isCounted } from '../upload-file.js';
import type { UploadItem } from '../upload-item.js';
import type { Uploads } from '../uploads.js';
import { percentOf, type Words } from '../words/words.js';
import { Bar } from './bar.js';
import { paceWords } from './file-words.js';
import { RowButton } from './row-button.js';

/** All files together, and what can be done with all of them. */
export class TotalRow {
	readonly node: HTMLElement;
	readonly #uploads: Uploads;
	readonly #count = node('span', { id: 'total', class: 'name' });
	readonly #bytes = node('span', { class: 'bytes quiet' });
	readonly #bar = new Bar('total');
	readonly #pace = node('span', { part: 'state', class: 'pace quiet' });
	readonly #start: RowButton;
	readonly #pause: RowButton;
	readonly #resume: RowButton;
	readonly #clear: RowButton;

	constructor(uploads: Uploads) {
		this.#uploads = uploads;
		this.#start = new RowButton({ onClick: () => this.#each(isStartable, (item) => item.start()) });
		this.#pause = new RowButton({ onClick: () => this.#each(isRunning, (item) => item.pause()) });
		this.#resume = new RowButton({ onClick: () => this.#each(standsStill, goOn) });
		this.#clear = new RowButton({ onClick: () => uploads.clear() });
		this.#start.node.classList.add('primary');
		this.node = node(
			'div',
			{ part: 'total', class: 'total' },
			node('div', { class: 'main' }, ...[this.#count, this.#bytes, this.#bar.node, this.#pace]),
			node(
				'div',
				{ class: 'all' },
				...[this.#start, this.#pause, this.#resume, this.#clear].map((button) => button.node),
			),
		);
	}

	get firstButton(): HTMLElement {
		return this.#clear.node;
	}

	render(words: Words): void {
		const { items, totals } = this.#uploads;
		const counted = items.filter(isCounted);
		const done = counted.filter(({ state }) => state === 'done').length;
		setText(this.#count, words.say('finished', { done, count: counted.length }));
		// Of an uploader that was never busy there is nothing to tell.
		const isKnown = totals.total > 0;
		const [loaded, total] = [words.size(totals.loaded), words.size(totals.total)];
		setText(this.#bytes, isKnown ? words.say('ofTotal', { loaded, total }) : '');
		setText(
			this.#pace,
			totals.running > 0 ? paceWords(totals.bytesPerSecond, totals.remainingMs, words) : '',
		);
		const isDone = counted.length > 0 && done === counted.length;
		// Empty files have no bytes that could be counted.
		this.#bar.show(isDone ? 100 : percentOf(totals.loaded, totals.total));
		this.node.dataset.state = isDone ? 'done' : '';
		this.#start.show(words.say('start'));
		this.#pause.show(words.say('pauseAll'));
		const canResume = items.some(isPaused);
		const canRetry = items.some(isRetryable);
		this.#resume.show(words.say(canRetry && !canResume ? 'retry' : 'resumeAll'));
		this.#clear.show(words.say('clear'));
		this.#start.node.hidden = !items.some((item) => item.canStart);
		this.#start.isAvailable = items.some(isStartable);
		this.#pause.isAvailable = items.some(isRunning);
		this.#resume.isAvailable = canResume || canRetry;
		this.#clear.isAvailable = items.some(isEnded);
	}

	#each(isMeant: (item: UploadItem) => boolean, act: (item: UploadItem) => void): void {
		for (const item of this.#uploads.items) if (isMeant(item)) act(item);
	}
}

const isStartable = (item: UploadItem): boolean => item.canStart && !item.isDisabled;
const isPaused = ({ state }: UploadItem): boolean => state === 'paused';
const isRetryable = (item: UploadItem): boolean => item.canRetry && !item.isDisabled;
const standsStill = (item: UploadItem): boolean => isPaused(item) || isRetryable(item);
const goOn = (item: UploadItem): void => (item.canRetry ? item.start() : item.resume());
const isRunning = (item: UploadItem): boolean => item.isRunning;
const isEnded = ({ state }: UploadItem): boolean => state === 'done' || state === 'refused';
