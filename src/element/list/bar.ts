import { node, setAttribute } from '../node.js';

/** How far something is. It is no stop of the tab key: nothing can be done with it. */
export class Bar {
	readonly node: HTMLElement;
	readonly #fill: HTMLElement = node('div', { part: 'bar-fill', class: 'fill' });

	/** `labelledBy`: the id of its name. */
	constructor(labelledBy: string) {
		const role = { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' };
		this.node = node(
			'div',
			{ ...role, part: 'bar', class: 'bar', 'aria-labelledby': labelledBy },
			this.#fill,
		);
	}

	/** Percent. */
	show(value: number): void {
		setAttribute(this.node, 'aria-valuenow', String(value));
		this.#fill.style.inlineSize = `${value}%`;
	}
}
