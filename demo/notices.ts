import type { UploadWarning, UploadWarningCode } from 'oss-resumable-upload';
import { element } from './element.js';

const TITLES: Readonly<Record<UploadWarningCode, string>> = {
	NotResumed: 'Not resumed',
	Restarted: 'Begun anew',
	Storage: 'Not remembered',
	Hasher: 'Slower checksums',
	Abandoned: 'Parts kept at OSS',
	CallbackUnknown: 'Callback unknown',
	Throttled: 'Slowed down by OSS',
};

/** What is not as it should be while the upload goes on, in the library's own words. They stay as long as the card. */
export class Notices {
	readonly node = element('ul', { class: 'notices' });
	readonly #said = new Set<string>();

	/** Once, however often it is told. */
	add({ code, message }: UploadWarning): void {
		if (this.#said.has(message)) return;
		this.#said.add(message);
		this.node.append(element('li', {}, element('strong', {}, TITLES[code]), ` ${message}`));
	}

	clear(): void {
		this.#said.clear();
		this.node.replaceChildren();
	}
}
