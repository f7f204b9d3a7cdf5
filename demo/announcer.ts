import { find } from './element.js';

/** Says a sentence to people who do not see the page. Only changes of state: progress would talk without end. */
export function announce(sentence: string): void {
	find('#announcer', HTMLElement).textContent = sentence;
}
