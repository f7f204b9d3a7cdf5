import type { TransportRequest } from '../core/ports.js';

/** What a preflight goes by. Nothing of it is secret, so that it may be kept, and sent again. */
export interface RequestKind {
	readonly method: string;
	/** Scheme, host and path: the query may be a signature. */
	readonly address: string;
	/** All names, with values of no meaning but where these decide whether there is a preflight. */
	readonly headers: Readonly<Record<string, string>>;
}

export function kindOf({
	method,
	url,
	headers,
}: Pick<TransportRequest, 'method' | 'url' | 'headers'>): RequestKind {
	const { origin, pathname } = new URL(url);
	const harmless = Object.entries(headers).map(([name, value]) => [name, SAFE.has(name) ? value : 'probe']);
	return { method, address: origin + pathname, headers: Object.fromEntries(harmless) };
}

/** Headers that need no preflight while their values look like this (Fetch, "CORS-safelisted request-header"). */
const SAFE: ReadonlyMap<string, RegExp> = new Map([
	['accept', /^[\w*+./;=, -]{0,128}$/],
	['accept-language', /^[\dA-Za-z*,.;= -]{0,128}$/],
	['content-language', /^[\dA-Za-z*,.;= -]{0,128}$/],
	['content-type', /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)(;[\w =;-]*)?$/i],
]);

export const unsafeNames = ({ headers }: RequestKind): string[] =>
	Object.entries(headers).flatMap(([name, value]) => (SAFE.get(name)?.test(value) ? [] : [name]));

/** OSS's rules are the bucket's, whatever the object. */
export const preflightOf = (kind: RequestKind): string =>
	[hostOf(kind), kind.method, ...unsafeNames(kind).sort()].join(' ');

/** With its scheme. By its beginning alone the address is read: this is asked of every answer. */
export const hostOf = ({ address }: Pick<RequestKind, 'address'>): string =>
	/^[^/]*\/\/[^/]*/.exec(address)?.[0] ?? '';
