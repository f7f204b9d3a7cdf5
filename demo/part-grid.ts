import { element, setText } from './element.js';
import { count } from './format.js';

const STATES = ['waiting', 'sending', 'stored', 'resumed', 'retrying', 'failed'] as const;
export type PartState = (typeof STATES)[number];

const LABELS: Readonly<Record<PartState, string>> = {
	waiting: 'waiting',
	sending: 'sending',
	stored: 'stored',
	resumed: 'resumed',
	retrying: 'trying again',
	failed: 'failed',
};
const WAITING = STATES.indexOf('waiting');

/** CSS pixels from one cell to the next; the largest that keeps the grid below `MAX_HEIGHT`, or else the smallest. */
const PITCHES = [18, 15, 12, 10, 8, 6, 5, 4, 3] as const;
const MAX_HEIGHT = 112;
/** Below this there is no room for a sign: colour and the counts beside it must do. */
const SMALLEST_SIGN = 6;

/**
 * A cell for each part, on a canvas, because 10,000 elements would be slow. Each state has its own sign and not only
 * its colour, and the legend counts them.
 */
export class PartGrid {
	readonly node: HTMLElement;
	readonly #canvas = element('canvas', { role: 'img' });
	readonly #legend = new Map<
		PartState,
		{ item: HTMLElement; number: HTMLElement; swatch: HTMLCanvasElement }
	>();
	#states = new Uint8Array(0);
	readonly #counts = new Uint32Array(STATES.length);
	/** Parts to paint in the next frame. */
	readonly #changed = new Set<number>();
	#repaintsAll = true;
	#frame = 0;
	#columns = 1;
	#pitch: number = PITCHES[0];
	readonly #watching: () => void;

	constructor() {
		const legend = element('ul', { class: 'legend' });
		for (const state of STATES) {
			const swatch = element('canvas', { 'aria-hidden': 'true' });
			const number = element('span', { class: 'number' }, '0');
			const item = element('li', {}, swatch, number, LABELS[state]);
			this.#legend.set(state, { item, number, swatch });
			legend.append(item);
		}
		this.node = element('div', { class: 'parts' }, this.#canvas, legend);
		const repaint = () => this.#schedule(true);
		const sizes = new ResizeObserver(repaint);
		const scheme = matchMedia('(prefers-color-scheme: dark)');
		sizes.observe(this.node);
		scheme.addEventListener('change', repaint);
		this.#watching = () => {
			sizes.disconnect();
			scheme.removeEventListener('change', repaint);
			cancelAnimationFrame(this.#frame);
		};
	}

	/** So many parts there are, all waiting; the same number again changes nothing. */
	setTotal(total: number): void {
		if (total === this.#states.length) return;
		this.#states = new Uint8Array(total);
		this.#counts.fill(0);
		this.#counts[WAITING] = total;
		this.#schedule(true);
	}

	set(partNumber: number, state: PartState): void {
		const before = this.#states[partNumber - 1];
		const after = STATES.indexOf(state);
		if (before === undefined || before === after) return;
		this.#states[partNumber - 1] = after;
		this.#counts[before] = (this.#counts[before] ?? 0) - 1;
		this.#counts[after] = (this.#counts[after] ?? 0) + 1;
		this.#changed.add(partNumber - 1);
		this.#schedule(false);
	}

	/** Every part that is in one state goes to another, as when a pause takes all requests back. */
	replace(from: PartState, to: PartState): void {
		const wanted = STATES.indexOf(from);
		this.#states.forEach((state, index) => {
			if (state === wanted) this.set(index + 1, to);
		});
	}

	close(): void {
		this.#watching();
	}

	#schedule(all: boolean): void {
		this.#repaintsAll ||= all;
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0;
			this.#paint();
		});
	}

	#paint(): void {
		const colours = readColours(this.node);
		if (this.#repaintsAll) this.#layOut();
		const context = this.#canvas.getContext('2d');
		if (!context) return;
		const paint = (index: number) => {
			const x = (index % this.#columns) * this.#pitch;
			const y = Math.floor(index / this.#columns) * this.#pitch;
			paintCell(
				context,
				{ x, y, pitch: this.#pitch },
				STATES[this.#states[index] ?? 0] ?? 'waiting',
				colours,
			);
		};
		if (this.#repaintsAll) for (let index = 0; index < this.#states.length; index++) paint(index);
		else for (const index of this.#changed) paint(index);
		this.#writeLegend(colours);
		this.#changed.clear();
		this.#repaintsAll = false;
	}

	#layOut(): void {
		const width = this.node.clientWidth;
		const total = Math.max(1, this.#states.length);
		const rows = (pitch: number) => Math.ceil(total / Math.max(1, Math.floor(width / pitch)));
		this.#pitch = PITCHES.find((pitch) => rows(pitch) * pitch <= MAX_HEIGHT) ?? 3;
		this.#columns = Math.max(1, Math.floor(width / this.#pitch));
		resize(this.#canvas, width, rows(this.#pitch) * this.#pitch);
	}

	#writeLegend(colours: Colours): void {
		const said: string[] = [];
		STATES.forEach((state, index) => {
			const entry = this.#legend.get(state);
			const number = this.#counts[index] ?? 0;
			if (!entry) return;
			setText(entry.number, number.toLocaleString('en'));
			entry.item.classList.toggle('none', number === 0);
			if (number > 0) said.push(`${number.toLocaleString('en')} ${LABELS[state]}`);
			if (this.#repaintsAll) {
				resize(entry.swatch, 14, 14);
				const context = entry.swatch.getContext('2d');
				if (context) paintCell(context, { x: 0, y: 0, pitch: 14 }, state, colours);
			}
		});
		this.#canvas.setAttribute('aria-label', `${count(this.#states.length, 'part')}: ${said.join(', ')}`);
	}
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

type Colours = Readonly<Record<PartState | 'sign' | 'empty', string>>;

/** The style sheet's, light or dark; read once a frame, since asking for each cell is what takes the time. */
function readColours(node: HTMLElement): Colours {
	const style = getComputedStyle(node);
	const read = (name: string) => style.getPropertyValue(`--part-${name}`);
	const empty = style.getPropertyValue('--bar');
	return {
		waiting: read('waiting'),
		sending: read('sending'),
		stored: read('stored'),
		resumed: read('resumed'),
		retrying: read('retrying'),
		failed: read('failed'),
		sign: read('sign'),
		empty,
	};
}

interface Cell {
	readonly x: number;
	readonly y: number;
	readonly pitch: number;
}

function paintCell(
	context: CanvasRenderingContext2D,
	{ x, y, pitch }: Cell,
	state: PartState,
	colours: Colours,
): void {
	// The smallest cells touch each other: with gaps they would fade.
	const side = pitch - (pitch >= 8 ? 2 : pitch >= 5 ? 1 : 0);
	context.clearRect(x, y, pitch, pitch);
	context.fillStyle = colours[state];
	if (side < SMALLEST_SIGN) {
		// There is no outline here, and ten thousand waiting parts must not be the loudest.
		if (state === 'waiting') context.fillStyle = colours.empty;
		context.fillRect(x, y, side, side);
		return;
	}
	context.strokeStyle = context.fillStyle;
	context.lineWidth = 1;
	context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
	if (state === 'waiting') return;
	const top = state === 'sending' ? Math.round(side / 2) : 0;
	context.fillRect(x, y + top, side, side - top);
	context.strokeStyle = colours.sign;
	context.lineWidth = Math.max(1.2, side / 8);
	strokeSign(context, state, { x, y, pitch: side });
}

/** Resumed: a tick. Trying again: one stroke. Failed: a cross. */
function strokeSign(context: CanvasRenderingContext2D, state: PartState, { x, y, pitch: side }: Cell): void {
	const lines: Partial<Record<PartState, readonly (readonly (readonly [number, number])[])[]>> = {
		resumed: [
			[
				[0.22, 0.52],
				[0.42, 0.72],
				[0.78, 0.3],
			],
		],
		retrying: [
			[
				[0.28, 0.72],
				[0.72, 0.28],
			],
		],
		failed: [
			[
				[0.28, 0.28],
				[0.72, 0.72],
			],
			[
				[0.28, 0.72],
				[0.72, 0.28],
			],
		],
	};
	for (const line of lines[state] ?? []) {
		context.beginPath();
		for (const [across, down] of line) context.lineTo(x + across * side, y + down * side);
		context.stroke();
	}
}
