import { abortable } from '../abortable.js';
import type { Transport, TransportRequest } from '../core/ports.js';
import { isUploadError } from '../errors.js';
import { isOfOss } from './evidence.js';

/** Those that an upload needs. */
const METHODS = ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'] as const;
/** A probe that fails is asked again: a lost connection must not pass for a rule. */
const TRIES = 3;

/** What a preflight goes by. Nothing of it is secret, so that it may be kept, and sent again. */
export interface RequestKind {
	readonly method: string;
	/** Scheme, host and path: the query may be a signature. */
	readonly address: string;
	/** All names, with values of no meaning but where these decide whether there is a preflight. */
	readonly headers: Readonly<Record<string, string>>;
}

/** Headers that need no preflight while their values look like this (Fetch, "CORS-safelisted request-header"). */
const SAFE: ReadonlyMap<string, RegExp> = new Map([
	['accept', /^[\w*+./;=, -]{0,128}$/],
	['accept-language', /^[\dA-Za-z*,.;= -]{0,128}$/],
	['content-language', /^[\dA-Za-z*,.;= -]{0,128}$/],
	['content-type', /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)(;[\w =;-]*)?$/i],
]);

export function kindOf(request: Pick<TransportRequest, 'method' | 'url' | 'headers'>): RequestKind {
	const { origin, pathname } = new URL(request.url);
	const harmless = Object.entries(request.headers).map(([name, value]) => [
		name,
		SAFE.has(name) ? value : 'probe',
	]);
	return { method: request.method, address: origin + pathname, headers: Object.fromEntries(harmless) };
}

const unsafeNames = ({ headers }: RequestKind): string[] =>
	Object.entries(headers).flatMap(([name, value]) => (SAFE.get(name)?.test(value) ? [] : [name]));

/** Who answered a probe: `somebody` is a service worker, a proxy, or OSS with all its headers hidden. */
type Answerer = 'oss' | 'somebody' | 'nobody';

/**
 * Finds out what a bucket's CORS rule lacks: a page is told of a refused preflight no more than of a lost connection.
 *
 * A probe needs the same preflight as the request that failed, and can never write: it names an upload that does not
 * exist, and is not signed. Any answer that can be read, a refusal too, shows that the rule lets it pass.
 */
export class CorsProbes {
	readonly #transport: Transport;
	/** Preflights that were seen to pass. */
	readonly #passed = new Set<string>();
	readonly #running = new Map<string, Promise<string | undefined>>();

	constructor(transport: Transport) {
		this.#transport = transport;
	}

	/** OSS has answered a request of this kind, so that nothing has to be asked of it any more. */
	answered(kind: RequestKind): void {
		this.#passed.add(preflightOf(kind));
	}

	/** What the rule lacks for requests of this kind, and what to add, in a sentence. */
	async missing(kind: RequestKind, signal: AbortSignal): Promise<string | undefined> {
		const preflight = preflightOf(kind);
		while (!this.#passed.has(preflight)) {
			// Parts fail together: one look is enough for all.
			const running = this.#running.get(preflight);
			if (!running) return this.#begin(preflight, kind, signal);
			try {
				return await abortable(signal, running);
			} catch {
				// Whoever began it has left: somebody else begins anew.
				signal.throwIfAborted();
			}
		}
		return undefined;
	}

	#begin(preflight: string, kind: RequestKind, signal: AbortSignal): Promise<string | undefined> {
		const look = this.#look(kind, signal).finally(() => this.#running.delete(preflight));
		this.#running.set(preflight, look);
		return look;
	}

	async #look(kind: RequestKind, signal: AbortSignal): Promise<string | undefined> {
		const answerer = await this.#ask(kind, signal);
		if (answerer === 'oss') this.answered(kind);
		if (answerer !== 'nobody' || !(await this.#isAlive(kind, signal))) return undefined;
		const lacking = await this.#compare(kind, signal);
		for (let tries = 0; tries < TRIES; tries++) {
			// A line that comes and goes looks the same: before each refusal it has to be alive.
			if (!(await this.#isAlive(kind, signal))) return undefined;
			if ((await this.#ask(kind, signal, 1)) !== 'nobody') return undefined;
		}
		return lacking;
	}

	/**
	 * Whether OSS can be reached, whatever may be read. A page that is cross-origin isolated is told nothing without CORS,
	 * so that what can be read counts too; not from somebody else, such as a service worker that answers GET while offline.
	 */
	async #isAlive(kind: RequestKind, signal: AbortSignal): Promise<boolean> {
		for (let tries = 0; tries < TRIES; tries++) {
			if (await this.#transport.reaches(probeUrl({ ...kind, method: 'HEAD' }), signal)) return true;
		}
		return (await this.#ask(reduced(kind, 'GET', []), signal)) === 'oss';
	}

	/** By what else passes. */
	async #compare(kind: RequestKind, signal: AbortSignal): Promise<string | undefined> {
		const { method } = kind;
		const refused = async <T extends string>(asked: readonly T[], probe: (one: T) => RequestKind) => {
			const answerers = await Promise.all(asked.map((one) => this.#ask(probe(one), signal)));
			return asked.filter((_, at) => answerers[at] === 'nobody');
		};
		if ((await this.#ask(reduced(kind, method, []), signal)) === 'nobody') {
			const others = METHODS.filter((each) => each !== method);
			const alike = await refused(others, (each) => reduced(kind, each, []));
			return alike.length === others.length ? lacksOrigin() : lacks('method', [method, ...alike]);
		}
		const names = unsafeNames(kind);
		const alone = await refused(names, (name) => reduced(kind, method, [name]));
		if (alone.length > 0) return lacks('header', alone);
		return names.length > 1 ? lacksTogether(method, names) : undefined;
	}

	async #ask(kind: RequestKind, signal: AbortSignal, maxTries = TRIES): Promise<Answerer> {
		const { method, headers } = kind;
		for (let tries = 0; tries < maxTries; tries++) {
			try {
				const response = await this.#transport.send({ method, url: probeUrl(kind), headers, signal });
				return isOfOss(response) ? 'oss' : 'somebody';
			} catch (error) {
				signal.throwIfAborted();
				// Anything but silence is an answer, such as a redirect.
				if (!isUploadError(error) || (error.code !== 'Network' && error.code !== 'Timeout'))
					return 'somebody';
			}
		}
		return 'nobody';
	}
}

/** OSS's rules are the bucket's, whatever the object. */
const preflightOf = (kind: RequestKind): string =>
	[new URL(kind.address).origin, kind.method, ...unsafeNames(kind).sort()].join(' ');

const reduced = (kind: RequestKind, method: string, names: readonly string[]): RequestKind => ({
	...kind,
	method,
	headers: Object.fromEntries(names.map((name) => [name, kind.headers[name] ?? ''])),
});

/** Of an upload that does not exist: whatever the method, OSS has nothing to do. */
const probeUrl = ({ method, address }: RequestKind): string =>
	`${address}?${method === 'PUT' ? 'partNumber=1&' : ''}uploadId=cors-probe`;

const origin = (): string => globalThis.location?.origin ?? "this page's origin";

const lacksOrigin = (): string =>
	`The bucket has no CORS rule for ${origin()}. Add one: source ${origin()}, methods ${METHODS.join(', ')}, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma`;

const lacks = (what: 'method' | 'header', names: readonly string[]): string =>
	`The bucket's CORS rule for ${origin()} lacks the ${what}${names.length > 1 ? 's' : ''} ${names.join(', ')}. ${
		what === 'method'
			? `Add to its methods: ${names.join(', ')}`
			: `Set its allowed headers to *, or add: ${names.join(', ')}`
	}`;

const lacksTogether = (method: string, names: readonly string[]): string =>
	`The bucket has no CORS rule for ${origin()} that allows ${method} with all of the headers ${names.join(', ')}: rules do not add up. Set the allowed headers of one of them to *`;
