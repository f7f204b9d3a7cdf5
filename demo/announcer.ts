import { find } from './dom.js';

/** Says a sentence to people who do not see the page. */
export function announce(sentence: string): void {
	find('#announcer', HTMLElement).textContent = sentence;
}
