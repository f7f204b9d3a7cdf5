import { node, setAttribute } from '../node.js';

/** A row that is drawn. */
export interface Row {
	readonly node: HTMLLIElement;
	render(): void;
	/** Its first button that can be pressed, if it has one. */
	readonly firstButton: HTMLElement | undefined;
	close(): void;
}

/** Pixels of a row, before one was drawn. */
const GUESS = 60;

/** Rows above and below those that are seen. */
const BEYOND = 4;

/** Pixels of a list that has no size yet, or is not laid out. */
const SOME_HEIGHT = 600;

/** Draws those rows of a list that are seen, however many there are. */
export class VirtualList<T extends object> {
	/** What scrolls. Its padding would make it as high as all its rows: that of the list inside does not. */
	readonly node: HTMLElement;
	readonly list: HTMLUListElement;
	readonly #make: (item: T) => Row;
	readonly #schedule: () => void;
	readonly #rows = new Map<T, Row>();
	readonly #heights = new WeakMap<T, number>();
	/** As high as the first that was drawn are all that were not: else the list would jump when one scrolls up. */
	#guess: number | undefined;
	readonly #sizes: ResizeObserver;
	readonly #byNode = new WeakMap<Element, T>();

	/** `schedule`: another part is seen, or a row has another height. */
	constructor(part: string, make: (item: T) => Row, schedule: () => void) {
		this.list = node('ul', { role: 'list' });
		this.node = node('div', { part, class: `list ${part}` }, this.list);
		this.#make = make;
		this.#schedule = schedule;
		this.node.addEventListener('scroll', schedule, { passive: true });
		this.#sizes = new ResizeObserver((entries) => this.#measure(entries));
	}

	/** Answers where the focus was, when its row is gone: the number of the row. */
	show(items: readonly T[]): number | undefined {
		const tops = this.#topsOf(items);
		const [first, end] = this.#window(tops);
		const seen = items.slice(first, end);
		const focused = this.#focused();
		const number = focused && !seen.includes(focused) ? items.indexOf(focused) : -1;
		// The one that has the focus stays, and is where it would be.
		const parked = number < 0 ? [] : [number];
		const lost = focused && number < 0 && !seen.includes(focused) ? this.#numberOf(focused) : undefined;
		const numbers = [...seen.keys()].map((index) => index + first);
		const wanted = [
			...parked.filter((each) => each < first),
			...numbers,
			...parked.filter((each) => each >= end),
		];
		this.#drop(new Set(wanted.map((each) => items[each] as T)));
		let next = this.list.firstElementChild;
		for (const each of wanted)
			next = this.#place(items, each, next, parked.includes(each) ? tops[each] : undefined);
		this.list.style.paddingTop = `${tops[first] ?? 0}px`;
		this.list.style.paddingBottom = `${(tops[items.length] ?? 0) - (tops[end] ?? 0)}px`;
		for (const row of this.#rows.values()) row.render();
		return lost;
	}

	/** The row of that number, or the last one. */
	focus(index: number): boolean {
		const rows = [...this.#rows.values()];
		const row =
			rows.find(({ node }) => Number(node.getAttribute('aria-posinset')) === index + 1) ?? rows.at(-1);
		row?.firstButton?.focus();
		return row?.firstButton !== undefined;
	}

	close(): void {
		this.#sizes.disconnect();
		this.#drop(new Set());
	}

	/** Where each row begins, and behind them all where the last one ends. */
	#topsOf(items: readonly T[]): Float64Array {
		const tops = new Float64Array(items.length + 1);
		items.forEach((item, index) => {
			tops[index + 1] = (tops[index] ?? 0) + (this.#heights.get(item) ?? this.#guess ?? GUESS);
		});
		return tops;
	}

	/** The first row that is drawn, and the one after the last. */
	#window(tops: Float64Array): readonly [number, number] {
		const from = this.node.scrollTop;
		const to = from + (this.node.clientHeight || SOME_HEIGHT);
		const count = tops.length - 1;
		const first = Math.max(0, firstAt(tops, from) - 1 - BEYOND);
		return [Math.min(first, count), Math.min(count, firstAt(tops, to) + BEYOND)];
	}

	#focused(): T | undefined {
		const { activeElement } = this.node.getRootNode() as ShadowRoot;
		const row = activeElement?.closest('li');
		return row ? this.#byNode.get(row) : undefined;
	}

	#numberOf(item: T): number {
		return Number(this.#rows.get(item)?.node.getAttribute('aria-posinset')) - 1;
	}

	#drop(wanted: ReadonlySet<T>): void {
		for (const [item, row] of this.#rows) {
			if (wanted.has(item)) continue;
			this.#sizes.unobserve(row.node);
			row.close();
			row.node.remove();
			this.#rows.delete(item);
		}
	}

	/** `top`: of a row that is out of sight. Answers what stands behind it. */
	#place(items: readonly T[], index: number, next: Element | null, top: number | undefined): Element | null {
		const item = items[index] as T;
		const { node: shown } = this.#rows.get(item) ?? this.#begin(item);
		setAttribute(shown, 'aria-setsize', String(items.length));
		setAttribute(shown, 'aria-posinset', String(index + 1));
		shown.classList.toggle('parked', top !== undefined);
		shown.style.top = top === undefined ? '' : `${top}px`;
		// A row that stays is not moved: it would lose the focus.
		if (shown === next) return shown.nextElementSibling;
		this.list.insertBefore(shown, next);
		return next;
	}

	#begin(item: T): Row {
		const row = this.#make(item);
		this.#rows.set(item, row);
		this.#byNode.set(row.node, item);
		this.#sizes.observe(row.node);
		return row;
	}

	#measure(entries: readonly ResizeObserverEntry[]): void {
		let hasChanged = false;
		for (const { target } of entries) {
			const item = this.#byNode.get(target);
			const { height } = target.getBoundingClientRect();
			if (!item || height === 0 || this.#heights.get(item) === height) continue;
			this.#heights.set(item, height);
			this.#guess ??= height;
			hasChanged = true;
		}
		if (hasChanged) this.#schedule();
	}
}

/** The first of growing numbers that is at least `value`. */
function firstAt(numbers: Float64Array, value: number): number {
	let [low, high] = [0, numbers.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((numbers[middle] ?? 0) < value) low = middle + 1;
		else high = middle;
	}
	return low;
}
