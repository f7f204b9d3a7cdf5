import { isUploadError, type UploadError } from '../base/errors.js';
import { controllingWorker, pageOrigin } from '../base/page.js';
import type { Transport } from '../core/ports.js';
import { isOfOss } from './evidence.js';
import { type RequestKind, unsafeNames } from './request-kind.js';

/** Those that an upload needs. */
export const METHODS = ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'] as const;
/** A probe that fails is asked again: a lost connection must not pass for a rule. */
const TRIES = 3;

/**
 * Who answered a probe: `somebody` is a service worker, a proxy, or OSS with all its headers hidden; `silent`: nobody in
 * time, which no rule is to blame for, since a refusal comes at once.
 */
type Answerer = 'oss' | 'somebody' | 'nobody' | 'silent';

/** What a rule lacks; `together`: no rule allows all of the headers at once. */
export interface Lack {
	readonly what: 'origin' | 'method' | 'header' | 'together';
	readonly names: readonly string[];
}

export interface Look {
	readonly answerer: Answerer;
	/** Undefined where it lacks nothing, or where that cannot be told. */
	readonly lack: Lack | undefined;
}

/**
 * Finds out what a bucket's CORS rule lacks: a page is told of a refused preflight no more than of a lost connection.
 *
 * A probe needs the same preflight as the request that failed, and can never write: it names an upload that does not
 * exist, and is not signed. Any answer that can be read, a refusal too, shows that the rule lets it pass.
 */
export class CorsLook {
	readonly #transport: Transport;
	readonly #signal: AbortSignal;
	/** Met in OSS's place: XMLHttpRequest follows it, and tells of no answer only. */
	declare redirect?: UploadError;

	constructor(transport: Transport, signal: AbortSignal) {
		this.#transport = transport;
		this.#signal = signal;
	}

	async at(kind: RequestKind): Promise<Look> {
		const answerer = await this.#ask(kind);
		return { answerer, lack: answerer === 'nobody' ? await this.#lacking(kind) : undefined };
	}

	async #lacking(kind: RequestKind): Promise<Lack | undefined> {
		if (!(await this.#isAlive(kind))) return undefined;
		const lacking = await this.#compare(kind);
		for (let tries = 0; tries < TRIES; tries++) {
			// A line that comes and goes looks the same: before each refusal it has to be alive.
			if (!(await this.#isAlive(kind))) return undefined;
			if ((await this.#ask(kind, 1)) !== 'nobody') return undefined;
		}
		return lacking;
	}

	/**
	 * Whether OSS can be reached, whatever may be read. A page that is cross-origin isolated is told nothing without CORS,
	 * so that what can be read counts too; not from somebody else, such as a service worker that answers GET while offline.
	 */
	async #isAlive(kind: RequestKind): Promise<boolean> {
		for (let tries = 0; tries < TRIES; tries++) {
			if (await this.#transport.reaches(probeUrl({ ...kind, method: 'HEAD' }), this.#signal)) return true;
		}
		return (await this.#ask(reduced(kind, 'GET', []))) === 'oss';
	}

	/** By what else passes. */
	async #compare(kind: RequestKind): Promise<Lack | undefined> {
		const { method } = kind;
		const refused = async <T extends string>(asked: readonly T[], probe: (one: T) => RequestKind) => {
			const answerers = await Promise.all(asked.map((one) => this.#ask(probe(one))));
			return asked.filter((_, at) => answerers[at] === 'nobody');
		};
		if ((await this.#ask(reduced(kind, method, []))) === 'nobody') {
			const others = METHODS.filter((each) => each !== method);
			const alike = await refused(others, (each) => reduced(kind, each, []));
			return { what: alike.length === others.length ? 'origin' : 'method', names: [method, ...alike] };
		}
		const names = unsafeNames(kind);
		const alone = await refused(names, (name) => reduced(kind, method, [name]));
		if (alone.length > 0) return { what: 'header', names: alone };
		return names.length > 1 ? { what: 'together', names } : undefined;
	}

	async #ask(kind: RequestKind, maxTries = TRIES): Promise<Answerer> {
		for (let tries = 0; tries < maxTries; tries++) {
			const answerer = await this.#askOnce(kind);
			if (answerer !== 'nobody') return answerer;
		}
		return 'nobody';
	}

	async #askOnce(kind: RequestKind): Promise<Answerer> {
		const { method, headers } = kind;
		const signal = this.#signal;
		try {
			const response = await this.#transport.send({ method, url: probeUrl(kind), headers, signal });
			return isOfOss(response) ? 'oss' : 'somebody';
		} catch (error) {
			signal.throwIfAborted();
			if (isUploadError(error)) {
				if (error.code === 'Timeout') return 'silent';
				if (error.code === 'Network') return 'nobody';
				this.redirect = error;
			}
			// Anything else than no answer is one.
			return 'somebody';
		}
	}
}

const reduced = (kind: RequestKind, method: string, names: readonly string[]): RequestKind => ({
	...kind,
	method,
	headers: Object.fromEntries(names.map((name) => [name, kind.headers[name] ?? ''])),
});

/** Of an upload that does not exist: whatever the method, OSS has nothing to do. */
const probeUrl = ({ method, address }: RequestKind): string =>
	`${address}?${method === 'PUT' ? 'partNumber=1&' : ''}uploadId=cors-probe`;

/** What it lacks for requests of this method, and what to add, in a sentence. */
export function sentenceOf({ what, names }: Lack, method: string): string {
	const words =
		what === 'origin'
			? lacksOrigin()
			: what === 'together'
				? lacksTogether(method, names)
				: lacks(what, names);
	return words + orServiceWorker();
}

const lacksOrigin = (): string =>
	`The bucket has no CORS rule for ${pageOrigin()}. Add one: source ${pageOrigin()}, methods ${METHODS.join(', ')}, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma`;

const lacks = (what: 'method' | 'header', names: readonly string[]): string =>
	`The bucket's CORS rule for ${pageOrigin()} lacks the ${what}${names.length > 1 ? 's' : ''} ${names.join(', ')}. ${
		what === 'method'
			? `Add to its methods: ${names.join(', ')}`
			: `Set its allowed headers to *, or add: ${names.join(', ')}`
	}`;

const lacksTogether = (method: string, names: readonly string[]): string =>
	`The bucket has no CORS rule for ${pageOrigin()} that allows ${method} with all of the headers ${names.join(', ')}: rules do not add up. Set the allowed headers of one of them to *`;

/** One that fails on a method or a header looks like a rule that lacks it. */
const orServiceWorker = (): string =>
	controllingWorker()
		? '. If the rule has that, it is the service worker of this page that fails on such requests: let it leave them alone'
		: '';
