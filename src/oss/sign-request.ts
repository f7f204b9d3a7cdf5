import type { Authorized, RequestSigning, Unsigned } from './authorize.js';
import type { Endpoint } from './endpoint.js';
import { askProvider, isAnswer, unexpected } from './provider.js';

/**
 * Asks `signRequest`. `rejected` remembers what OSS refused, by request and not by object: a sibling that succeeds must
 * not take the reason from the one that failed.
 */
export async function askToSign(
	{ bucket, endpoint, signRequest, clock }: RequestSigning,
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
	return { url, headers: { ...request.headers, ...headers }, reject: () => rejected.add(id) };
}

/** No message holds the URL, which may be a signed one, or a header's value. */
function readSigned(answer: unknown, endpoint: Endpoint): Pick<Authorized, 'url' | 'headers'> {
	const { url, headers } = isAnswer(answer) ? answer : {};
	if (!accepts(url, endpoint)) throw unexpected('signRequest', '`url` as an https address', url);
	if (headers != null && !isAnswer(headers))
		throw unexpected('signRequest', '`headers` as an object', headers);
	const lowerCased: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers ?? {})) {
		// `fetch` would refuse anything else, and put it into its message.
		if (typeof value !== 'string' || !/^[\w-]+:[ -~]*$/.test(`${name}:${value}`))
			throw unexpected('signRequest', `header ${name} as printable ASCII`, value);
		lowerCased[name.toLowerCase()] = value;
	}
	return { url: String(url), headers: lowerCased };
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
