import { UploadError } from '../../base/errors.js';
import type { Clock } from '../ports.js';

/** The line looks at what is in flight once in so many milliseconds. */
const STEP_MS = 1000;
/** As long as a page is hidden, browsers wake it once a minute: then the line looks more seldom. */
const MAX_STEP_MS = 32_000;
/** A request without a body answers within this, or something is wrong. */
const BASE_MS = 30_000;
/** Doubled more often, a dead line would be noticed after days. */
const MAX_DOUBLINGS = 2;
/** Milliseconds a byte, of the whole line, before anything was measured: 512 KiB/s. */
const UNKNOWN_PACE = 1000 / (512 * 1024);
/** Time-outs alone make the line no slower than this: it may as well be dead. */
const SLOWEST_PACE = 4 * UNKNOWN_PACE;
/** Any line may become so many times slower while a body goes out … */
const SLACK = 16;
/** … and a fast one still more, as from Wi-Fi to a bad mobile line, while that costs no more than five minutes. */
const FAST_SLACK = 64;
const FAST_MS = 300_000;
/** One with a limit of its own was held by that, and not by the line, until it takes so many times longer. */
const LIMITED_SLACK = 2;
/** Bytes that have left the page may still lie in this machine, so many of them: until they are gone, nothing moves. */
const BUFFER_SIZE = 512 * 1024;
/** Fewer bytes would measure the latency. */
const MIN_MEASURED_SIZE = 1e5;
/** Of a line of which nothing at all is heard nobody waits longer, unless it is known to be so slow. */
const MAX_SILENT_MS = 1_800_000;
/** Browsers open no more connections to a host by HTTP/1.1; what is sent beyond them waits in the browser. */
const MAX_CONNECTIONS = 6;

export type LineClock = Pick<Clock, 'monotonic' | 'sleep'>;

/** One request on its way. */
export interface Flight {
	/** So many bytes of the body have left, where the transport can tell. */
	moved(sentBytes: number): void;
	/** Called with a `Timeout` when the request has stalled. */
	onStall: (error: UploadError) => void;
	/** To be called whatever happened. `answered`: all of the body went through; `failed` teaches nothing. */
	end(how: 'answered' | 'timed-out' | 'failed'): void;
}

interface InFlight extends Flight {
	readonly size: number;
	/** Counted from the first request on. */
	readonly place: number;
	/** Requests in flight when it went out. */
	readonly company: number;
	readonly baseMs: number;
	/** Milliseconds a byte that OSS itself takes no less for: 0 without a limit. */
	readonly limitPace: number;
	beganAt: number;
	sent: number;
	/** The last sign of life. */
	seenAt: number;
	/** How much of what it is allowed beyond `baseMs` has passed since: 1 is all. */
	spent: number;
}

/**
 * The line that all requests of an uploader share: how fast it is, and which of them are dead. `fetch` shows no movement,
 * so that what a body may take follows from its size, from the pace that answers have shown, and from how many share the
 * line; where bytes are seen to move, each movement begins the wait anew. It counts time in its own steps: a machine that
 * was asleep has waited for nothing, and a clock that is set changes nothing.
 */
export class Line {
	readonly #clock: LineClock;
	/** In the order in which they went out. */
	readonly #requests = new Set<InFlight>();
	#ticker = new AbortController();
	#stepMs = STEP_MS;
	#readAt = 0;
	#nowMs = 0;
	/** Milliseconds a byte, of the whole line. Of rates, a single absurd one would outweigh all the others. */
	#pace = UNKNOWN_PACE;
	#count = 0;
	/** Time-outs of requests that went out together teach once: the last place that has taught. */
	#slowedAt = 0;
	/** The last place of which bytes are known to have moved: browsers give connections in turn. */
	#reached = 0;
	#movedAt = Number.NEGATIVE_INFINITY;
	/** The last sign of life of any request. */
	#heardAt = Number.NEGATIVE_INFINITY;

	constructor(clock: LineClock) {
		this.#clock = clock;
	}

	/**
	 * A request goes out now with a body of so many bytes, after so many time-outs of the same request, and a limit of so
	 * many bits a second.
	 */
	begin(size: number, timeouts = 0, trafficLimit: number = Number.POSITIVE_INFINITY): Flight {
		const now = this.#now();
		const request: InFlight = {
			size,
			place: ++this.#count,
			company: this.#requests.size + 1,
			baseMs: BASE_MS * 2 ** Math.min(timeouts, MAX_DOUBLINGS),
			limitPace: 8000 / trafficLimit,
			beganAt: now,
			sent: 0,
			seenAt: now,
			spent: 0,
			onStall: () => {},
			moved: (sentBytes) => this.#moved(request, sentBytes),
			end: (how) => this.#end(request, how),
		};
		this.#requests.add(request);
		if (this.#requests.size === 1) this.#watch().catch(() => {});
		return request;
	}

	#moved(request: InFlight, sentBytes: number): void {
		if (sentBytes <= request.sent) return;
		request.sent = sentBytes;
		request.seenAt = this.#movedAt = this.#heardAt = this.#now();
		request.spent = 0;
		this.#reached = Math.max(this.#reached, request.place);
	}

	#end(request: InFlight, how: 'answered' | 'timed-out' | 'failed'): void {
		const tookMs = Math.max(this.#now() - request.beganAt, 1);
		const company = Math.min(request.company, this.#requests.size);
		if (!this.#requests.delete(request)) return;
		if (how === 'answered') {
			this.#reached = Math.max(this.#reached, request.place);
			this.#heardAt = this.#now();
			// The fewer are taken to have shared the line, the slower it seems, and the longer one waits.
			const pace = tookMs / request.size / company;
			// One that took about as long as its limit asks for shows the limit, and nothing of the line.
			const isLimited = tookMs < LIMITED_SLACK * request.size * request.limitPace;
			if (request.size > MIN_MEASURED_SIZE && !isLimited) this.#pace += 0.5 * (pace - this.#pace);
		}
		if (how === 'timed-out' && request.place > this.#slowedAt) {
			this.#pace = Math.max(this.#pace, Math.min(2 * this.#pace, SLOWEST_PACE));
			this.#slowedAt = this.#count;
		}
		if (this.#requests.size === 0) this.#ticker.abort();
	}

	/** A step counts for twice what was asked at most: beyond it the machine was asleep. */
	#now(): number {
		const at = this.#clock.monotonic();
		this.#nowMs += Math.min(at - this.#readAt, 2 * this.#stepMs);
		this.#readAt = at;
		return this.#nowMs;
	}

	async #watch(): Promise<void> {
		this.#ticker = new AbortController();
		const { signal } = this.#ticker;
		for (;;) {
			const before = this.#now();
			const askedAt = this.#readAt;
			await this.#clock.sleep(this.#stepMs, signal);
			signal.throwIfAborted();
			const now = this.#now();
			const isLate = this.#readAt - askedAt > 2 * this.#stepMs;
			this.#stepMs = isLate ? Math.min(2 * this.#stepMs, MAX_STEP_MS) : Math.max(this.#stepMs / 2, STEP_MS);
			this.#look(now, now - before);
		}
	}

	#look(now: number, stepMs: number): void {
		let ahead = 0;
		const isMoving = now - this.#movedAt < BASE_MS;
		for (const request of this.#requests) {
			// While others have the connections it waits for one: nothing of it is on the line yet.
			const mayWait = isMoving || ahead++ >= MAX_CONNECTIONS;
			if (mayWait && request.place > this.#reached) request.beganAt = request.seenAt = now;
			if (now - request.seenAt < request.baseMs) continue;
			request.spent += stepMs / this.#allowedMs(request);
			const silentMs = now - Math.max(request.seenAt, this.#heardAt);
			const isDead = silentMs >= Math.max(MAX_SILENT_MS, this.#allowedMs(request, MAX_CONNECTIONS));
			if (request.spent >= 1 || isDead) {
				const seconds = Math.round((now - request.seenAt) / 1000);
				const message = `Nothing was heard of the request for ${seconds} s: check the network`;
				request.onStall(new UploadError('Timeout', message, { retryable: true }));
			}
		}
	}

	/** How long, beyond the base, nothing may be seen of a request, of which at most so many share the line. */
	#allowedMs({ size, sent, limitPace }: InFlight, most = Number.POSITIVE_INFINITY): number {
		const unseen = sent > 0 && sent < size ? Math.min(size, BUFFER_SIZE) : size;
		// What has left this machine whole may lie in a proxy, which sends it on as fast as nobody knows.
		const pace = sent > 0 && sent >= size ? Math.max(this.#pace, UNKNOWN_PACE) : this.#pace;
		const fairMs = unseen * Math.max(Math.min(this.#requests.size, most) * pace, limitPace);
		return Math.max(1, SLACK * fairMs, Math.min(FAST_SLACK * fairMs, FAST_MS));
	}
}
