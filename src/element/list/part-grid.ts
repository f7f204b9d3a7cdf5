import { node, setAttribute, setText } from '../node.js';
import { PART_STATES, type PartState, type PartStates } from '../part-states.js';
import { capital, type Words } from '../words/words.js';
import { type Colours, paintCell } from './part-cell.js';

/** CSS pixels from one cell to the next; the largest that keeps the grid below `MAX_HEIGHT`, or else the smallest. */
const PITCHES = [16, 14, 12, 10, 8, 6, 5, 4, 3] as const;
const MAX_HEIGHT = 96;

/** Cells that are painted in one frame. */
const AT_ONCE = 2000;

interface LegendEntry {
	readonly item: HTMLElement;
	readonly number: HTMLElement;
	readonly word: HTMLElement;
	readonly swatch: HTMLCanvasElement;
}

/**
 * A cell for each part, on a canvas, because 10,000 elements would be slow. Each state has its own sign and not only its
 * colour, and the legend counts those that there are.
 */
export class PartGrid {
	readonly node: HTMLElement;
	readonly parts: PartStates;
	readonly #canvas = node('canvas', { role: 'img' });
	readonly #legend: ReadonlyMap<PartState, LegendEntry>;
	/** The first of those that were not painted at all yet; undefined before it is known where each lies. */
	#next: number | undefined;
	/** Parts before that one which are not as they were painted. */
	readonly #changed = new Set<number>();
	/** For which the cells were laid out. */
	#width = 0;
	#columns = 1;
	#pitch: number = PITCHES[0];
	readonly #schedule: () => void;
	readonly #end: () => void;
	#words: Words | undefined;

	/** `schedule`: not all could be painted in this frame. */
	constructor(parts: PartStates, schedule: () => void) {
		this.parts = parts;
		this.#schedule = schedule;
		const legend = node('div', { class: 'legend' });
		this.#legend = new Map(PART_STATES.map((state) => [state, makeEntry(legend)]));
		this.node = node('div', { part: 'parts', class: 'parts' }, this.#canvas, legend);
		parts.onChange = (index) => {
			if (index === undefined) this.#next = undefined;
			else this.#changed.add(index);
		};
		const repaint = () => {
			this.#next = undefined;
			if (this.#words) this.render(this.#words);
		};
		const sizes = new ResizeObserver(() => this.node.clientWidth !== this.#width && repaint());
		const scheme = matchMedia('(prefers-color-scheme: dark)');
		sizes.observe(this.node);
		scheme.addEventListener('change', repaint);
		this.#end = () => {
			sizes.disconnect();
			scheme.removeEventListener('change', repaint);
			parts.onChange = undefined;
		};
	}

	/** In a frame: it paints what has changed since. */
	render(words: Words): void {
		this.#words = words;
		const context = this.#canvas.getContext('2d');
		if (!context || this.node.clientWidth === 0) return;
		const colours = readColours(this.node);
		this.#writeLegend(colours, words);
		if (this.#next === undefined) this.#layOut();
		const paint = (index: number) => {
			const x = (index % this.#columns) * this.#pitch;
			const y = Math.floor(index / this.#columns) * this.#pitch;
			paintCell(context, { x, y, pitch: this.#pitch }, this.parts.at(index), colours);
		};
		for (const index of this.#due()) paint(index);
		if (this.#changed.size > 0 || Number(this.#next) < this.parts.total) this.#schedule();
	}

	/** As many as a frame can bear. */
	#due(): readonly number[] {
		const first = this.#next ?? 0;
		this.#next = Math.min(this.parts.total, first + AT_ONCE);
		const due = Array.from({ length: this.#next - first }, (_, index) => first + index);
		for (const index of this.#changed) {
			if (index < first && due.length >= AT_ONCE) continue;
			this.#changed.delete(index);
			if (index < first) due.push(index);
		}
		return due;
	}

	close(): void {
		this.#end();
	}

	#layOut(): void {
		const width = this.node.clientWidth;
		this.#width = width;
		const total = Math.max(1, this.parts.total);
		const rows = (pitch: number) => Math.ceil(total / Math.max(1, Math.floor(width / pitch)));
		this.#pitch = PITCHES.find((pitch) => rows(pitch) * pitch <= MAX_HEIGHT) ?? 3;
		this.#columns = Math.max(1, Math.floor(width / this.#pitch));
		resize(this.#canvas, Math.min(total, this.#columns) * this.#pitch, rows(this.#pitch) * this.#pitch);
	}

	#writeLegend(colours: Colours, words: Words): void {
		const said: string[] = [];
		PART_STATES.forEach((state, index) => {
			const entry = this.#legend.get(state);
			const number = this.parts.counts[index] ?? 0;
			const word = words.say(`parts${capital(state)}`);
			if (!entry) return;
			setText(entry.number, words.number(number));
			setText(entry.word, word);
			entry.item.hidden = number === 0;
			if (number > 0) said.push(`${words.number(number)} ${word}`);
			if (this.#next !== undefined) return;
			resize(entry.swatch, 12, 12);
			const context = entry.swatch.getContext('2d');
			if (context) paintCell(context, { x: 0, y: 0, pitch: 12 }, state, colours);
		});
		const count = words.say('parts', { count: this.parts.total });
		setAttribute(this.#canvas, 'aria-label', `${count}: ${said.join(', ')}`);
	}
}

function makeEntry(legend: HTMLElement): LegendEntry {
	const swatch = node('canvas', { 'aria-hidden': 'true' });
	const [number, word] = [node('b'), node('span')];
	const item = node('span', {}, swatch, number, word);
	legend.append(item);
	return { item, number, word, swatch };
}

/** Sizes are CSS pixels; the bitmap has as many as the screen. Setting a size clears it. */
function resize(canvas: HTMLCanvasElement, width: number, height: number): void {
	const ratio = devicePixelRatio;
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	canvas.style.width = `${width}px`;
	canvas.style.height = `${height}px`;
	canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** The style sheet's, light or dark; read once a frame, since asking for each cell is what takes the time. */
function readColours(element: HTMLElement): Colours {
	// A custom property keeps `light-dark()` as it is written: only a colour that is used is one of the two.
	const probe = element.appendChild(node('i', { hidden: '' }));
	const read = (name: string) => {
		probe.style.color = `var(--_${name})`;
		return getComputedStyle(probe).color;
	};
	const colours = {
		waiting: read('quiet'),
		sending: read('accent'),
		stored: read('good'),
		resumed: read('resumed'),
		retrying: read('wait'),
		failed: read('bad'),
		sign: read('surface'),
		empty: read('track'),
	};
	probe.remove();
	return colours;
}
