import { type IconName, icon, node, setAttribute } from '../node.js';

export interface ButtonOptions {
	readonly onClick: () => void;
	/** The id of what it is about, for those who hear a button without its row. */
	readonly describedBy?: string;
}

/** One button that may say several things, so that the focus stays where it is. */
export class RowButton {
	readonly node: HTMLButtonElement;
	readonly #word: HTMLElement = node('span');
	#icon: IconName | undefined;

	constructor({ onClick, describedBy }: ButtonOptions) {
		this.node = node('button', { type: 'button', part: 'button' }, this.#word);
		if (describedBy) this.node.setAttribute('aria-describedby', describedBy);
		this.node.addEventListener('click', ({ detail }) => {
			// The second click of a double one is for a button that was not there at the first.
			if (this.node.getAttribute('aria-disabled') !== 'true' && detail < 2) onClick();
		});
	}

	/** As an icon it has its word as a name; without an icon it shows it. */
	show(word: string, name?: IconName): void {
		setAttribute(this.node, 'aria-label', name ? word : null);
		setAttribute(this.node, 'title', name ? word : null);
		this.node.classList.toggle('icon', name !== undefined);
		if (!name) {
			if (this.#word.textContent !== word) this.#word.replaceChildren(word);
		} else if (name !== this.#icon) this.#word.replaceChildren(icon(name));
		this.#icon = name;
	}

	/** Not `disabled`, which would take the focus away. */
	set isAvailable(isAvailable: boolean) {
		setAttribute(this.node, 'aria-disabled', isAvailable ? null : 'true');
	}
}
