/** A request to the bucket, and what was answered. */
export interface Entry {
	/** ISO 8601, by this machine's clock. */
	readonly at: string;
	readonly from: 'page' | 'node';
	readonly method: string;
	readonly url: string;
	/** Undefined where nothing was answered. */
	readonly status?: number | undefined;
	readonly requestId?: string | undefined;
	/** As DevTools call it: `http/1.1`, `h2`. */
	readonly protocol?: string | undefined;
}

export interface BegunUpload {
	readonly key: string;
	readonly uploadId: string;
}

/** Every request to the bucket, of the page and of this process: what may have to be removed, and what support asks for. */
export class Ledger {
	readonly #base: string;
	readonly #entries: Entry[] = [];

	/** `base`: the address of the bucket itself, with a slash at its end. */
	constructor(base: string) {
		this.#base = base;
	}

	/** Scheme, host and port. */
	get origin(): string {
		return new URL(this.#base).origin;
	}

	/** Whether such an address is the bucket's. */
	isOurs(url: string): boolean {
		return url.startsWith(this.#base);
	}

	/** To be called with the answer, if there is one: what was asked may have been done without. */
	note(entry: Entry): (answer: Partial<Entry>) => void {
		const kept = { ...entry };
		this.#entries.push(kept);
		return (answer) => void Object.assign(kept, answer);
	}

	get length(): number {
		return this.#entries.length;
	}

	/** Where an object may lie now. */
	keys(): readonly string[] {
		const keys = this.#entries
			.filter(({ method, url }) => isWriting(method, new URL(url).searchParams))
			.map(({ url }) => this.#keyOf(url));
		return [...new Set(keys)];
	}

	/**
	 * Of the entries from `start` on, those of which more than their beginning was asked for, and not only to be told that
	 * there is no such upload.
	 */
	uploads(start = 0): readonly BegunUpload[] {
		const uploads = new Map<string, BegunUpload>();
		for (const { method, url, status = 0 } of this.#entries.slice(start)) {
			const uploadId = new URL(url).searchParams.get('uploadId');
			if (!uploadId || method === 'OPTIONS' || status >= 400) continue;
			uploads.set(uploadId, { key: this.#keyOf(url), uploadId });
		}
		return [...uploads.values()];
	}

	/** Those by which the page was answered. */
	protocols(): readonly string[] {
		const seen = this.#entries.flatMap(({ from, protocol }) => (from === 'page' && protocol) || []);
		return [...new Set(seen)];
	}

	/** A table in Markdown. */
	table(): readonly string[] {
		return [
			'| at | from | request | status | request id |',
			'| -- | ---- | ------- | ------ | ---------- |',
			...this.#entries.map(({ at, from, method, url, status, requestId }) => {
				const request = `${method} ${this.#shortened(url)}`;
				return `| ${at} | ${from} | \`${request}\` | ${status ?? 'none'} | ${requestId ?? ''} |`;
			}),
		];
	}

	/** Without what is long or signed. */
	#shortened(url: string): string {
		const query = [...new URL(url).searchParams]
			.filter(([name]) => !/signature|credential|token|AccessKeyId|expires/i.test(name))
			.map(([name, value]) => (value === '' ? name : `${name}=${value.slice(0, 8)}`))
			.join('&');
		return `/${this.#keyOf(url).replaceAll('|', '%7C')}${query && `?${query}`}`;
	}

	#keyOf = (url: string): string =>
		decodeURIComponent(new URL(url).href.slice(this.#base.length).split('?')[0] ?? '');
}

/** PutObject and Complete; any other PUT and POST leaves a part, or nothing, behind. */
const isWriting = (method: string, query: URLSearchParams): boolean =>
	(method === 'PUT' && !query.has('uploadId')) || (method === 'POST' && query.has('uploadId'));
