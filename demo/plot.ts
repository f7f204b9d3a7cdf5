import uPlot from 'uplot';
import { formatSize } from './format.js';
import { say } from './words/say.js';

const KiB = 1024;
const FONT = '11px system-ui, sans-serif';
/** Steps of the axis of speeds: a KB, doubled again and again. */
const STEPS = Array.from({ length: 24 }, (_, power) => 2 ** power * KiB);

/** Of the axis of time: how long ago. */
const SECONDS = [45, 30, 15];

/** Speeds over time, as an area. Its colours are the style sheet's, light or dark. */
export class Plot {
	readonly #box: HTMLElement;
	readonly #plot: uPlot;
	#span: readonly [from: number, to: number] = [0, 1];

	constructor(box: HTMLElement) {
		this.#box = box;
		this.#plot = new uPlot(this.#options(), [[], []], box);
		new ResizeObserver(() => this.#plot.setSize(sizeOf(box))).observe(box);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot.redraw(false));
	}

	/** Seconds since 1970, and bytes per second. */
	show(times: readonly number[], speeds: readonly number[], span: readonly [number, number]): void {
		this.#span = span;
		this.#plot.setData([[...times], [...speeds]]);
	}

	#colour(name: string): string {
		return getComputedStyle(this.#box).getPropertyValue(`--plot-${name}`).trim();
	}

	#options(): uPlot.Options {
		const text = () => this.#colour('text');
		const grid = { stroke: () => this.#colour('grid'), width: 1 };
		return {
			...sizeOf(this.#box),
			padding: [8, 4, 0, 0],
			legend: { show: false },
			cursor: { show: false },
			scales: {
				x: { time: false, range: () => [...this.#span] },
				y: { range: (_, __, most) => [0, Math.max(most * 1.15, 64 * KiB)] },
			},
			axes: [
				{
					stroke: text,
					font: FONT,
					size: 22,
					grid: { show: false },
					ticks: { show: false },
					splits: (_, __, ___, to) => SECONDS.map((each) => to - each),
					values: () => SECONDS.map((seconds) => say('secondsAgo', { seconds: String(seconds) })),
				},
				{
					stroke: text,
					font: FONT,
					size: 54,
					grid,
					ticks: { show: false },
					space: 34,
					incrs: STEPS,
					values: (_, splits) => splits.map((each) => (each === 0 ? '0' : formatSize(each))),
				},
			],
			series: [
				{},
				{
					stroke: () => this.#colour('line'),
					width: 2,
					fill: ({ ctx, bbox }) => this.#gradient(ctx, bbox),
					points: { show: false },
					...(uPlot.paths.spline && { paths: uPlot.paths.spline() }),
				},
			],
		};
	}

	#gradient(context: CanvasRenderingContext2D, { top, height }: uPlot.BBox): CanvasGradient {
		const gradient = context.createLinearGradient(0, top, 0, top + height);
		gradient.addColorStop(0, this.#colour('fill'));
		gradient.addColorStop(1, this.#colour('fill-end'));
		return gradient;
	}
}

const sizeOf = ({ clientWidth: width, clientHeight: height }: HTMLElement) => ({ width, height });
