import { node } from '../node.js';

/** Milliseconds in which sentences are gathered: a live region that changes twice at once says the last alone. */
const GATHER_MS = 150;

/** Sentences that are said at once: nobody hears out that of each of a thousand files. The last ones tell the most. */
const MOST = 5;

/** Browsers of late say a sentence without a live region. */
interface Notifying {
	ariaNotify?(sentence: string, options?: { readonly priority: 'normal' }): void;
}

/** Says sentences to people who do not see the page, when nothing else is being said. */
export class Voice {
	readonly node: HTMLElement = node('div', { role: 'status', class: 'unseen' });
	#sentences: string[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	say(...sentences: readonly string[]): void {
		this.#sentences.push(...sentences);
		if (this.#sentences.length === 0) return;
		this.#timer ??= setTimeout(() => this.#speak(), GATHER_MS);
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#sentences = [];
	}

	#speak(): void {
		const said = this.#sentences.slice(-MOST).join('. ');
		this.close();
		const { ariaNotify }: Notifying = this.node as Notifying;
		if (ariaNotify) ariaNotify.call(this.node, said, { priority: 'normal' });
		else this.node.textContent = said;
	}
}
