import type { Uploader } from 'oss-resumable-upload';
import { find, setText } from './dom.js';
import { formatSpeed } from './format.js';
import type { Plot } from './plot.js';
import { say } from './words/say.js';

/** Milliseconds between two samples. */
const SAMPLE_MS = 500;
/** Seconds that are drawn. */
const SPAN = 60;
/** Samples between two sentences for those who do not see the plot. */
const TOLD = 10;

/** How fast the bytes of all uploads went, over the last minute. */
export class Throughput {
	readonly #box = find('#plot', HTMLElement);
	readonly #now = find('#speed-now', HTMLElement);
	readonly #highest = find('#speed-highest', HTMLElement);
	/** Seconds since 1970, and bytes per second. */
	#times: number[] = [];
	#speeds: number[] = [];
	#plot: Promise<Plot> | undefined;
	#timer: ReturnType<typeof setInterval> | undefined;
	#uploader: Uploader | undefined;
	#unsubscribe: (() => void) | undefined;
	#samples = 0;

	follow(uploader: Uploader): void {
		this.#unsubscribe?.();
		this.#uploader = uploader;
		// It begins with the first byte, and ends when nothing of it would be seen any more.
		this.#unsubscribe = uploader.subscribe(() => {
			if (this.#speed > 0) this.#timer ??= setInterval(() => this.#sample(), SAMPLE_MS);
		});
	}

	get #speed(): number {
		const { running, bytesPerSecond } = this.#uploader?.snapshot().totals ?? {
			running: 0,
			bytesPerSecond: 0,
		};
		return running > 0 ? bytesPerSecond : 0;
	}

	#sample(): void {
		const now = Date.now() / 1000;
		const speed = this.#speed;
		if (this.#times.length === 0) this.#add(now - SAMPLE_MS / 1000, 0);
		this.#add(now, speed);
		while ((this.#times[0] ?? now) < now - SPAN - 1) {
			this.#times.shift();
			this.#speeds.shift();
		}
		this.#write(speed);
		this.#draw(now);
		if (this.#speeds.some((each) => each > 0)) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#times = [];
		this.#speeds = [];
	}

	#add(time: number, speed: number): void {
		this.#times.push(time);
		this.#speeds.push(speed);
	}

	#write(speed: number): void {
		const highest = Math.max(0, ...this.#speeds);
		const [now, most] = [formatSpeed(speed), formatSpeed(highest)];
		setText(this.#now, now);
		setText(this.#highest, most);
		if (this.#samples++ % TOLD === 0) {
			this.#box.setAttribute('aria-label', say('plotLabel', { now, highest: most }));
		}
	}

	#draw(now: number): void {
		// Nobody who uploads nothing needs the library that draws.
		this.#plot ??= import('./plot.js').then(({ Plot }) => {
			find('#throughput .figures', HTMLElement).hidden = false;
			this.#box.setAttribute('role', 'img');
			this.#box.replaceChildren();
			return new Plot(this.#box);
		});
		void this.#plot.then((plot) => plot.show(this.#times, this.#speeds, [now - SPAN, now]));
	}
}
