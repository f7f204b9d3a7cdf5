import type { Operation, Transport, TransportRequest } from '../core/ports.js';
import { UploadError } from '../errors.js';

/** Those that an upload needs. */
const METHODS = ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'] as const;
/** A probe that fails is asked again: a lost connection must not pass for a rule. */
const TRIES = 2;

type Sent = Pick<TransportRequest, 'method' | 'url' | 'headers'>;

/**
 * Finds out what a bucket's CORS rule lacks: a page is told of a refused preflight no more than of a lost connection.
 *
 * A probe needs the same preflight as the request that failed, and can never write: it names an upload that does not
 * exist, and is not signed. Any answer that can be read, a refusal too, shows that the rule lets it pass.
 */
export class CorsProbes {
	readonly #transport: Transport;
	/** The latest request of each operation. */
	readonly #sent = new Map<Operation, Sent>();
	/** Preflights that were seen to pass. */
	readonly #passed = new Set<string>();
	readonly #running = new Map<string, Promise<string | undefined>>();

	constructor(transport: Transport) {
		this.#transport = transport;
	}

	sends(operation: Operation, sent: Sent): void {
		this.#sent.set(operation, sent);
	}

	answered(operation: Operation): void {
		const sent = this.#sent.get(operation);
		if (sent) this.#passed.add(preflightOf(sent));
	}

	/** What the rule lacks for the latest request of this operation, in a sentence. */
	missing(operation: Operation, signal: AbortSignal): Promise<string | undefined> {
		const sent = this.#sent.get(operation);
		const preflight = sent && preflightOf(sent);
		if (!sent || !preflight || this.#passed.has(preflight)) return Promise.resolve(undefined);
		// Parts fail together: one look is enough for all.
		const running =
			this.#running.get(preflight) ??
			this.#look(sent, preflight, signal).finally(() => this.#running.delete(preflight));
		this.#running.set(preflight, running);
		return running;
	}

	async #look(sent: Sent, preflight: string, signal: AbortSignal): Promise<string | undefined> {
		const names = Object.keys(sent.headers);
		const { method } = sent;
		if (await this.#passes(sent, method, names, signal)) {
			this.#passed.add(preflight);
			return undefined;
		}
		if (!(await this.#transport.reaches(probeUrl(sent, 'HEAD'), signal))) return undefined;
		const refusedMethods = await this.#refused(METHODS, (each) => this.#passes(sent, each, [], signal));
		if (refusedMethods.length === METHODS.length) return lacksOrigin();
		if (refusedMethods.some((each) => each === method)) return lacks('method', refusedMethods);
		const refusedNames = await this.#refused(names, (name) => this.#passes(sent, method, [name], signal));
		return refusedNames.length > 0 ? lacks('header', refusedNames) : undefined;
	}

	async #refused<T>(asked: readonly T[], passes: (one: T) => Promise<boolean>): Promise<T[]> {
		const results = await Promise.all(asked.map(passes));
		return asked.filter((_, at) => !results[at]);
	}

	async #passes(sent: Sent, method: string, names: readonly string[], signal: AbortSignal): Promise<boolean> {
		const headers = Object.fromEntries(names.map((name) => [name, harmless(name, sent)]));
		for (let tries = 0; tries < TRIES; tries++) {
			try {
				await this.#transport.send({ method, url: probeUrl(sent, method), headers, signal });
				return true;
			} catch (error) {
				signal.throwIfAborted();
				// Anything but silence is an answer, such as a redirect.
				if (!(error instanceof UploadError) || error.code !== 'Network') return true;
			}
		}
		return false;
	}
}

/** The preflight cache of a browser goes by address and these. */
const preflightOf = ({ method, url, headers }: Sent): string =>
	[new URL(url).origin, method, ...Object.keys(headers).sort()].join(' ').toLowerCase();

/** Without the query of the request that failed, which may be its signature. */
function probeUrl({ url }: Sent, method: string): string {
	const { origin, pathname } = new URL(url);
	return `${origin}${pathname}?${method === 'PUT' ? 'partNumber=1&' : ''}uploadId=cors-probe`;
}

/** Whether a header needs a preflight goes by its name, of Content-Type by its value too. No secret is sent again. */
const harmless = (name: string, { headers }: Sent): string =>
	name.toLowerCase() === 'content-type' ? (headers[name] ?? '') : 'probe';

const origin = (): string => globalThis.location?.origin ?? "this page's origin";

const lacksOrigin = (): string =>
	`The bucket has no CORS rule for ${origin()}. Add one: source ${origin()}, methods ${METHODS.join(', ')}, allowed headers *, exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma`;

const lacks = (what: 'method' | 'header', names: readonly string[]): string =>
	`The bucket's CORS rule for ${origin()} lacks the ${what}${names.length > 1 ? 's' : ''} ${names.join(', ')}. ${
		what === 'method'
			? `Add to its methods: ${names.join(', ')}`
			: `Set its allowed headers to *, or add: ${names.join(', ')}`
	}`;
