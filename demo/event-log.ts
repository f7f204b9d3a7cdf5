import { copyButton } from './copy-button.js';
import { find, node } from './dom.js';
import { formatTime } from './format.js';

/** Older ones are forgotten. */
const MOST = 300;

export type Mood = 'plain' | 'good' | 'bad' | 'wait';

interface Entry {
	readonly time: number;
	/** What it is about, such as a file's name. */
	readonly subject: string;
	readonly sentence: string;
	readonly mood: Mood;
}

/** What happened, newest first. Names, sentences and numbers of requests: no token and no signed address. */
export class EventLog {
	readonly #list = find('#log ol', HTMLOListElement);
	/** Oldest first. */
	#entries: Entry[] = [];
	/** Those at the end of `#entries` that are not shown yet. */
	#unshown = 0;
	#frame = 0;

	/** `heading`: what a copy begins with. */
	constructor(heading: () => string) {
		copyButton('#copy-log', () => `${heading()}\n\n${this.text}\n`);
	}

	get text(): string {
		return this.#entries
			.map(({ time, subject, sentence }) => `${formatTime(time)}  ${subject}: ${sentence}`)
			.reverse()
			.join('\n');
	}

	add(subject: string, sentence: string, mood: Mood = 'plain'): void {
		this.#entries.push({ time: Date.now(), subject, sentence, mood });
		// Not one by one: parts of small files come by the hundred a second.
		if (this.#entries.length > 2 * MOST) this.#entries = this.#entries.slice(-MOST);
		this.#unshown++;
		this.#frame ||= requestAnimationFrame(() => this.#show());
	}

	#show(): void {
		this.#frame = 0;
		this.#entries = this.#entries.slice(-MOST);
		const fresh = this.#entries.slice(-this.#unshown).reverse().map(rowOf);
		this.#unshown = 0;
		this.#list.prepend(...fresh);
		while (this.#list.childElementCount > MOST) this.#list.lastElementChild?.remove();
	}
}

const rowOf = ({ time, subject, sentence, mood }: Entry): HTMLElement =>
	node(
		'li',
		{ 'data-mood': mood },
		node('time', {}, formatTime(time)),
		node('p', { dir: 'auto' }, node('b', {}, subject), ` ${sentence}`),
	);
