import type { Code, KINDS, Severity, WORDS } from './words.js';

/** One thing that was found out. No field holds a secret. */
export interface Finding {
	/** Stays the same from release to release. */
	readonly code: Code;
	readonly severity: Severity;
	/** What is so, in a sentence. */
	readonly message: string;
	/** The rule, policy, option or console step that mends it; `''` where nothing is to be done. */
	readonly fix: string;
	/** What was answered, or seen, that this rests on. */
	readonly evidence: string;
}

/** What stands in braces in the words. */
export type Names = Readonly<Record<string, string | number>>;

const ORDER: readonly Severity[] = ['error', 'warning', 'note', 'ok'];

/** Loaded when it is needed. */
export interface WordsModule {
	readonly WORDS: typeof WORDS;
	readonly KINDS: typeof KINDS;
}

/** What was found so far, each thing once. */
export class Findings {
	readonly #words: WordsModule;
	readonly #names: Names;
	readonly #byCode = new Map<Code, Finding>();

	/** `names` are those that all may need. */
	constructor(words: WordsModule, names: Names) {
		this.#words = words;
		this.#names = names;
	}

	add(code: Code, evidence: string, own: Names = {}): void {
		if (this.#byCode.has(code)) return;
		const names = { ...this.#names, ...own };
		const [severity, message, fix] = this.#words.WORDS[code];
		const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, name) => String(names[name]));
		const finding = { code, severity, message: filled(message), fix: filled(fix), evidence };
		this.#byCode.set(code, finding);
	}

	/** Of what OSS said: its fine code, its code and its words. */
	meaningOf(said: string): Code | undefined {
		return this.#words.KINDS.find(([pattern]) => pattern.test(said))?.[1];
	}

	/** What is found beside it makes an error of it. */
	worsen(code: Code): void {
		const finding = this.#byCode.get(code);
		if (finding) this.#byCode.set(code, { ...finding, severity: 'error' });
	}

	/** Whether one of these was found. */
	has(codes: RegExp): boolean {
		return [...this.#byCode.keys()].some((code) => codes.test(code));
	}

	/** The worst first. */
	list(): readonly Finding[] {
		// The browser tells of its policy a moment after the request has failed.
		if (this.#byCode.has('policy-blocks')) this.#byCode.delete('endpoint-unreachable');
		const all = [...this.#byCode.values()];
		return ORDER.flatMap((each) => all.filter(({ severity }) => severity === each));
	}
}
