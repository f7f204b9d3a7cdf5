import type { Endpoint } from '../endpoint.js';
import { quotation } from '../quotation.js';
import type { Authorized, RequestSigning, Unsigned } from './contract.js';
import { type Answer, askProvider, isAnswer, isResponse, unexpected } from './provider.js';

/**
 * Asks `signRequest`. `rejected` remembers what OSS refused, by request and not by object: a sibling that succeeds must
 * not take the reason from the one that failed.
 */
export async function askToSign(
	{ bucket, endpoint, signRequest, clock, onSigned }: RequestSigning,
	rejected: Set<string>,
	request: Unsigned,
	signal: AbortSignal,
): Promise<Authorized> {
	const id = JSON.stringify([request.operation, request.key, request.partNumber]);
	const reason = rejected.has(id) ? 'rejected' : 'initial';
	const { url, headers } = await askProvider(
		'signRequest',
		(asked) => signRequest?.({ ...request, bucket, reason, signal: asked }),
		(answer) => readSigned(answer, endpoint),
		clock,
		signal,
	);
	rejected.delete(id);
	const date = signedAt(url, headers);
	if (date !== undefined) onSigned?.(date);
	return { url, headers: { ...request.headers, ...headers }, reject: () => rejected.add(id) };
}

/** V4 writes 20260102T030405Z, in a header or in the URL; V1 an HTTP date in a header, and in a URL only when it ends. */
function signedAt(url: string, headers: Authorized['headers']): number | undefined {
	const text = headers['x-oss-date'] ?? new URL(url).searchParams.get('x-oss-date') ?? '';
	const date = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
	return Number.isNaN(date) ? undefined : date;
}

/** No message holds the URL, which may be a signed one, or a header's value. */
function readSigned(answer: unknown, endpoint: Endpoint): Pick<Authorized, 'url' | 'headers'> {
	if (isResponse(answer)) throw unexpected('signRequest', 'an object with `url`', answer);
	const { url, headers } = isAnswer(answer) ? answer : {};
	if (!accepts(url, endpoint)) {
		throw unexpected('signRequest', '`url` as an https address, whole and without a user', url);
	}
	if (headers != null && !isAnswer(headers)) {
		throw unexpected('signRequest', '`headers` as an object', headers);
	}
	return { url: String(url), headers: Object.fromEntries(pairsOf(headers ?? {}).map(readHeader)) };
}

/** `Headers` has no fields of its own, but can be walked through. */
const pairsOf = (headers: Answer): readonly unknown[] =>
	Symbol.iterator in headers ? Array.from(headers as Iterable<unknown>) : Object.entries(headers);

function readHeader(pair: unknown): [name: string, value: string] {
	const [name, value] = Array.isArray(pair) ? pair : [];
	// `fetch` would refuse anything else, and put it into its message.
	if (typeof value === 'string' && /^[\w-]+:[ -~]*$/.test(`${name}:${value}`)) {
		return [String(name).toLowerCase(), value];
	}
	throw unexpected('signRequest', `header ${quotation(String(name), 40)} as printable ASCII`, value);
}

function accepts(url: unknown, endpoint: Endpoint): boolean {
	try {
		const parsed = new URL(String(url));
		// `fetch` would refuse one that holds a user's name, and put all of it into its message.
		return !parsed.username && !parsed.password && endpoint.accepts(parsed);
	} catch {
		return false;
	}
}
