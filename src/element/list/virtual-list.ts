import { setAttribute } from '../node.js';

/** A row that is drawn. */
export interface Row {
	readonly node: HTMLLIElement;
	render(): void;
	/** Its first button that can be pressed, if it has one. */
	readonly firstButton: HTMLElement | undefined;
	close(): void;
}

/** Pixels of a row that was never drawn. */
const GUESS = 60;

/** Rows above and below those that are seen. */
const BEYOND = 4;

/** Pixels of a list that has no size yet, or is not laid out. */
const SOME_HEIGHT = 600;

/** Draws those rows of a list that are seen, however many there are. */
export class VirtualList<T extends { readonly id: string }> {
	readonly node: HTMLUListElement;
	readonly #make: (item: T) => Row;
	readonly #schedule: () => void;
	readonly #rows = new Map<T, Row>();
	readonly #heights = new Map<string, number>();
	readonly #sizes: ResizeObserver;
	readonly #byNode = new WeakMap<Element, T>();

	/** `schedule`: another part is seen, or a row has another height. */
	constructor(list: HTMLUListElement, make: (item: T) => Row, schedule: () => void) {
		this.node = list;
		this.#make = make;
		this.#schedule = schedule;
		list.addEventListener('scroll', schedule, { passive: true });
		this.#sizes = new ResizeObserver((entries) => this.#measure(entries));
	}

	/** Answers where the focus was, when its row is gone: the number of the row. */
	show(items: readonly T[]): number | undefined {
		const tops = this.#topsOf(items);
		const focused = this.#focused();
		const isSeen = this.#window(items, tops);
		const wanted = items.filter((item, index) => isSeen(index) || item === focused);
		const lost = focused && !wanted.includes(focused) ? this.#indexOf(focused) : undefined;
		this.#drop(new Set(wanted));
		this.#place(items, wanted, tops, isSeen);
		for (const item of wanted) this.#rows.get(item)?.render();
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
		items.forEach(({ id }, index) => {
			tops[index + 1] = (tops[index] ?? 0) + (this.#heights.get(id) ?? GUESS);
		});
		return tops;
	}

	#window(items: readonly T[], tops: Float64Array): (index: number) => boolean {
		const from = this.node.scrollTop;
		const to = from + (this.node.clientHeight || SOME_HEIGHT);
		const first = items.findIndex((_, index) => (tops[index + 1] ?? 0) > from) - BEYOND;
		const end = items.findIndex((_, index) => (tops[index] ?? 0) >= to);
		const last = (end < 0 ? items.length : end) + BEYOND;
		return (index) => index >= first && index < last;
	}

	#focused(): T | undefined {
		const { activeElement } = this.node.getRootNode() as ShadowRoot;
		const row = activeElement?.closest('li');
		return row ? this.#byNode.get(row) : undefined;
	}

	#indexOf(item: T): number {
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

	#place(
		items: readonly T[],
		wanted: readonly T[],
		tops: Float64Array,
		isSeen: (index: number) => boolean,
	): void {
		const numbers = new Map(items.map((item, index) => [item, index]));
		let next = this.node.firstElementChild;
		let [above, below] = [0, tops[items.length] ?? 0];
		const seen = wanted.filter((item) => isSeen(numbers.get(item) ?? 0));
		const [firstSeen, lastSeen] = [seen[0], seen.at(-1)];
		if (firstSeen) above = tops[numbers.get(firstSeen) ?? 0] ?? 0;
		if (lastSeen) below -= tops[(numbers.get(lastSeen) ?? 0) + 1] ?? 0;
		for (const item of wanted) {
			const { node } = this.#rows.get(item) ?? this.#begin(item);
			const index = numbers.get(item) ?? 0;
			// A row that stays is not moved: it would lose the focus.
			if (node === next) next = node.nextElementSibling;
			else this.node.insertBefore(node, next);
			setAttribute(node, 'aria-setsize', String(items.length));
			setAttribute(node, 'aria-posinset', String(index + 1));
			// The one that has the focus, and was scrolled away: it stays where it would be.
			const isParked = !isSeen(index);
			node.classList.toggle('parked', isParked);
			node.style.top = isParked ? `${tops[index]}px` : '';
		}
		this.node.style.paddingTop = `${above}px`;
		this.node.style.paddingBottom = `${Math.max(0, below)}px`;
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
			if (!item || height === 0 || this.#heights.get(item.id) === height) continue;
			this.#heights.set(item.id, height);
			hasChanged = true;
		}
		if (hasChanged) this.#schedule();
	}
}
