import { node } from './node.js';

/** A file input that nobody sees: its `click()` opens the dialog. */
export function fileInput(onPick: (files: readonly File[]) => void): HTMLInputElement {
	const input = node('input', { type: 'file', hidden: '', tabindex: '-1' });
	input.addEventListener('change', () => {
		const files = [...(input.files ?? [])];
		// Else picking the same file a second time would be no change.
		input.value = '';
		onPick(files);
	});
	// The browser's own bubbles, and would be taken for one of the element.
	for (const type of ['change', 'input', 'cancel']) {
		input.addEventListener(type, (event) => event.stopPropagation());
	}
	return input;
}
