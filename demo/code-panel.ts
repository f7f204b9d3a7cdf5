import { copyButton } from './copy-button.js';
import { find, node } from './dom.js';
import type { Place } from './server-api.js';
import type { Settings } from './settings.js';
import { snippetOf, wordsOf } from './snippet.js';

/** The code of an app that does what the page does now. */
export class CodePanel {
	readonly #code = find('#code code', HTMLElement);

	constructor() {
		// Wider than the panel, it scrolls.
		find('#code pre', HTMLElement).tabIndex = 0;
		copyButton('#copy-code', () => this.#code.textContent ?? '');
	}

	show(place: Place, settings: Settings): void {
		const words = [...wordsOf(snippetOf(place, settings))];
		this.#code.replaceChildren(
			...words.map(([text, kind]) => (kind ? node('span', { class: kind }, text) : text)),
		);
	}
}
