import { expect } from '../../base/expect.js';
import type { PartEvent, Progress, RetryEvent, UploadWarning } from './events.js';
import { tellEach } from './snapshot.js';
import type { TaskState } from './state.js';

/** What a listener of each event is called with. */
export interface TaskEvents {
	readonly progress: Progress;
	readonly state: TaskState;
	readonly part: PartEvent;
	readonly retry: RetryEvent;
	/** Without a listener, a warning of each code is said once on the console. */
	readonly warning: UploadWarning;
}

const EVENTS: readonly (keyof TaskEvents)[] = ['progress', 'state', 'part', 'retry', 'warning'];

type Listener<E extends keyof TaskEvents> = (value: TaskEvents[E]) => void;

/** Codes that the console has been told of. */
const saidOnConsole = new Set<string>();

/** Those who listen to one task. */
export class Listeners {
	/** Made with the first: thousands of tasks may wait to which nobody listens. */
	#byEvent: Map<keyof TaskEvents, Set<Listener<never>>> | undefined;

	/** @throws {TypeError} for what is no event, or no function */
	on<E extends keyof TaskEvents>(event: E, listener: Listener<E>): () => void {
		expect(EVENTS.includes(event), 'event', `one of ${EVENTS.join(', ')}`, event);
		const likeThis = "write it like on('state', (state) => render(state))";
		expect(typeof listener === 'function', 'listener', 'a function', listener, likeThis);
		this.#byEvent ??= new Map();
		const listeners = this.#byEvent.get(event) ?? new Set();
		this.#byEvent.set(event, listeners);
		listeners.add(listener);
		return () => listeners.delete(listener);
	}

	tell<E extends keyof TaskEvents>(event: E, value: TaskEvents[E]): void {
		const listeners = this.#byEvent?.get(event) as ReadonlySet<unknown> | undefined;
		if (listeners) tellEach(listeners as ReadonlySet<Listener<E>>, value);
	}

	warn(warning: UploadWarning): void {
		const isHeard = (this.#byEvent?.get('warning')?.size ?? 0) > 0;
		if (isHeard) this.tell('warning', warning);
		else sayOnConsole(warning);
	}
}

/** Once for each code, for nobody listens. */
export function sayOnConsole({ code, message, cause }: UploadWarning): void {
	if (saidOnConsole.has(code)) return;
	saidOnConsole.add(code);
	const why = cause instanceof Error ? ` (${cause.message})` : '';
	// biome-ignore lint/suspicious/noConsole: nobody listens, and somebody has to hear of it once.
	console.warn(`oss-resumable-upload, ${code}: ${message}${why}`);
}
