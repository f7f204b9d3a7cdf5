import { announce } from './announcer.js';
import { find, setText } from './dom.js';
import { say } from './words/say.js';

/** Milliseconds for which the button says what it did. */
const SAID_MS = 1500;

/** Puts `text()` on the clipboard, and says so where it was pressed. */
export function copyButton(selector: string, text: () => string): void {
	const button = find(selector, HTMLButtonElement);
	const word = button.textContent ?? '';
	button.addEventListener('click', () => {
		navigator.clipboard.writeText(text()).then(
			() => {
				setText(button, say('copied'));
				announce(say('copied'));
				setTimeout(() => setText(button, word), SAID_MS);
			},
			() => announce(say('notCopied')),
		);
	});
}
