import type { UploadWarning } from 'oss-resumable-upload';
import { element } from './element.js';

/** What is not as it should be while the upload goes on, in the library's own words. They stay as long as the task. */
export class Notices {
	readonly node = element('ul', { class: 'notices', 'aria-label': 'Notices' });
	readonly #said = new Set<string>();

	/** Once, however often it is told. */
	add({ message }: UploadWarning): void {
		if (this.#said.has(message)) return;
		this.#said.add(message);
		this.node.append(element('li', {}, message));
	}

	clear(): void {
		this.#said.clear();
		this.node.replaceChildren();
	}
}
