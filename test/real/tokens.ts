/** A token that ends sooner is not used any more. */
const LEAST_LEFT_MS = 5 * 60_000;
const PATIENCE_MS = 60_000;
/** Names of fields. */
const SECRET = /accesskey|secret|token/i;
const DATE = /^\d{4}-\d\d-\d\dT/;

/** Asks the endpoint that answers tokens, for the page and for this process. */
export class Tokens {
	readonly #url: string;
	readonly #secrets = new Set<string>();
	#kept: { readonly json: object; readonly endsAt: number } | undefined;

	constructor(url: string) {
		this.#url = url;
	}

	/** Of every answer so far: none of them may stand in a report. */
	get secrets(): readonly string[] {
		return [...this.#secrets];
	}

	/** Without its query, which may hold a secret. */
	get address(): string {
		const { origin, pathname } = new URL(this.#url);
		return origin + pathname;
	}

	/**
	 * The JSON as it was answered, kept until shortly before it ends.
	 *
	 * @throws Error that quotes no answer
	 */
	async answer(): Promise<object> {
		if (this.#kept && this.#kept.endsAt - Date.now() > LEAST_LEFT_MS) return this.#kept.json;
		const json = await this.#ask();
		const ends: number[] = [];
		for (const [name, text] of textsIn(json)) {
			if (SECRET.test(name)) this.#secrets.add(text);
			else if (DATE.test(text)) ends.push(Date.parse(text));
		}
		this.#kept = { json, endsAt: Math.min(...ends, Date.now() + 2 * LEAST_LEFT_MS) };
		return json;
	}

	async #ask(): Promise<object> {
		const response = await fetch(this.#url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error) => {
			throw new Error(
				`${this.address} does not answer: ${reasonOf(error)}. Start the server of OSS_TEST_STS_URL.`,
			);
		});
		if (!response.ok)
			throw new Error(`${this.address} answered ${response.status}: see that server's own log.`);
		const json: unknown = await response.json().catch(() => undefined);
		if (typeof json === 'object' && json !== null) return json;
		throw new Error(`${this.address} answered no JSON.`);
	}
}

/** `fetch` failed is all that Node says; what happened is its cause. */
const reasonOf = (error: Error): string =>
	error.cause instanceof Error ? error.cause.message : error.message;

const textsIn = (value: object): readonly (readonly [name: string, text: string])[] =>
	Object.entries(value).flatMap(([name, each]) =>
		typeof each === 'string' ? [[name, each] as const] : textsIn(Object(each)),
	);
