export type EngineName = 'chromium' | 'firefox' | 'webkit';

/** What a scenario asks of a browser, and all that it knows of it. One adapter an engine. */
export interface Engine {
	readonly name: EngineName;
	/** Debian packages that this machine lacks for it; empty where it can be driven. */
	readonly lacking: readonly string[];
	/** On a profile that outlives the process. */
	start(profile: string): Promise<Browser>;
}

export interface Browser {
	readonly version: string;
	/** Of the process that all others of the browser descend from. */
	readonly pid: number;
	newTab(url: string): Promise<Tab>;
	/** As a crash of the machine would: no handler of the browser runs. Resolves when all its processes are gone. */
	kill(): Promise<void>;
	close(): Promise<void>;
}

export type Key = 'Tab' | 'Shift+Tab' | 'Enter' | 'Space' | 'Escape' | 'ArrowLeft' | 'ArrowRight';

export interface Tab {
	/**
	 * `window.call(name, json)` of the page. Rejects with what the page threw. Has to be short: it begins something, or
	 * looks at it.
	 */
	call<Answer = unknown>(name: string, argument?: unknown): Promise<Answer>;
	/** Files by their paths, as a person does: no bytes cross the driver. */
	pick(...paths: readonly string[]): Promise<void>;
	/** Keys of the keyboard, one after another, by the driver: to the page they are a person's. */
	press(...keys: readonly Key[]): Promise<void>;
	reload(): Promise<void>;
	close(): Promise<void>;
	/** Takes the network away, and the browser knows. Only where the driver can. */
	readonly setOffline?: (isOffline: boolean) => Promise<void>;
}

/** What a page answers to a call: JSON of one of the two. */
export type Answered = { readonly value: unknown } | { readonly thrown: string };

export function answerOf<Value>(text: string): Value {
	const answered = JSON.parse(text) as Answered;
	if ('thrown' in answered) throw new Error(`The page: ${answered.thrown}`);
	return answered.value as Value;
}

declare global {
	interface Window {
		/** Answers JSON, see `Answered`. */
		call(name: string, json: string): Promise<string>;
	}
}

/** The page has loaded, and can be called. */
export const READY = 'ready';
