import { type EVENTS, FLAGS, VALUES } from '../../src/binding/element-props.js';

/** `<oss-upload>` as far as a framework sees it: it has the properties, and remembers what was set. */
export class FakeElement extends HTMLElement {
	/** In their order, since it was looked at last. */
	#set: (readonly [name: string, value: unknown])[] = [];

	taken(): readonly (readonly [name: string, value: unknown])[] {
		return this.#set.splice(0);
	}

	remember(name: string, value: unknown): void {
		this.#set.push([name, value]);
	}

	/** As one that bubbles; whether nobody prevented it. */
	tell(event: Lowercase<(typeof EVENTS)[number]>, detail: unknown = {}): boolean {
		return this.dispatchEvent(
			new CustomEvent(`oss-upload-${event}`, { detail, bubbles: true, cancelable: event === 'before' }),
		);
	}
}

for (const name of [...FLAGS, ...VALUES]) {
	const values = new WeakMap<FakeElement, unknown>();
	Object.defineProperty(FakeElement.prototype, name, {
		get(this: FakeElement) {
			return values.get(this);
		},
		set(this: FakeElement, value: unknown) {
			values.set(this, value);
			this.remember(name, value);
		},
	});
}

customElements.define('oss-upload', FakeElement);

export function shownElement(): FakeElement {
	const element = document.querySelector('oss-upload');
	if (element instanceof FakeElement) return element;
	throw new Error('The page shows no <oss-upload>');
}

/** A task or an uploader, as far as it is watched. */
export class FakeWatched<Snapshot> {
	#value: Snapshot;
	readonly listeners: Set<() => void> = new Set();

	constructor(value: Snapshot) {
		this.#value = value;
	}

	readonly snapshot = (): Snapshot => this.#value;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	};

	become(value: Snapshot): void {
		this.#value = value;
		for (const listener of this.listeners) listener();
	}
}
