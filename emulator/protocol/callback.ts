import { request as httpRequest } from 'node:http';
import type { StoredObject } from '../store/object-store.js';
import { queryValue } from './address.js';
import type { ReceivedRequest } from './authentication.js';
import { invalidArgument, OssError } from './oss-error.js';

/** Bytes, in base64. */
const MAX_CALLBACK_BYTES = 5 * 1024;
const MAX_URLS = 5;
const TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** What OSS is to say to the application's server once the object is stored. */
export interface Callback {
	readonly urls: readonly string[];
	readonly host: string | undefined;
	readonly body: string;
	readonly contentType: 'application/x-www-form-urlencoded' | 'application/json';
	/** `x:`-prefixed names. */
	readonly variables: ReadonlyMap<string, string>;
}

/** @throws OssError InvalidArgument where callbacks are off: nothing is stored, and nobody is called */
export function assertNoCallback({ headers, query }: ReceivedRequest): void {
	if (headers['x-oss-callback'] === undefined && queryValue(query, 'callback') === undefined) return;
	throw invalidArgument('Callbacks are off in this emulator: it calls no other server.', 'callback');
}

/** @throws OssError InvalidArgument when it was asked for in a way OSS does not understand */
export function parseCallback({ headers, query }: ReceivedRequest): Callback | undefined {
	const header = headers['x-oss-callback'];
	const parameter = queryValue(query, 'callback');
	if (header !== undefined && parameter !== undefined) {
		throw invalidArgument('The callback is configured both as a header and as a parameter.');
	}
	const encoded = header ?? parameter;
	if (encoded === undefined) return undefined;
	const settings = decodeJson('callback', encoded);
	const variables = headers['x-oss-callback-var'] ?? queryValue(query, 'callback-var');
	const urls = (settings.get('callbackUrl') ?? '').split(';').filter(Boolean);
	const body = settings.get('callbackBody') ?? '';
	const contentType = settings.get('callbackBodyType') ?? 'application/x-www-form-urlencoded';
	if (urls.length < 1 || urls.length > MAX_URLS || body === '') {
		throw invalidArgument(
			'The callback configuration needs callbackUrl and callbackBody.',
			'callback',
			encoded,
		);
	}
	if (contentType !== 'application/x-www-form-urlencoded' && contentType !== 'application/json') {
		throw invalidArgument('The callbackBodyType is invalid.', 'callbackBodyType', contentType);
	}
	return {
		urls,
		host: settings.get('callbackHost'),
		body,
		contentType,
		variables: variables === undefined ? new Map() : decodeJson('callback-var', variables),
	};
}

function decodeJson(name: string, encoded: string): ReadonlyMap<string, string> {
	const problem = (): OssError =>
		invalidArgument(`The ${name} configuration is not base64 of a JSON object.`, name, encoded);
	if (encoded.length > MAX_CALLBACK_BYTES || !/^[\w+/-]*={0,2}$/.test(encoded)) throw problem();
	let value: unknown;
	try {
		value = JSON.parse(Buffer.from(encoded, 'base64').toString());
	} catch {
		throw problem();
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw problem();
	return new Map(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

/**
 * The callback server's answer.
 *
 * @throws OssError CallbackFailed (203): the object is stored all the same
 */
export async function callBack(
	callback: Callback,
	object: StoredObject,
	signal: AbortSignal,
): Promise<string> {
	const body = callbackBody(callback, object);
	let problem = 'no address was tried';
	for (const url of callback.urls) {
		try {
			return await post(new URL(url), body, callback, signal);
		} catch (error) {
			problem = error instanceof Error ? error.message : String(error);
		}
	}
	throw new OssError(203, 'CallbackFailed', `Error status : ${problem}`);
}

function callbackBody(callback: Callback, object: StoredObject): string {
	const json = callback.contentType === 'application/json';
	const values = new Map<string, string | number>([
		...callback.variables,
		['bucket', object.bucket],
		['object', object.key],
		['etag', object.etag.replaceAll('"', '')],
		['size', object.size],
		['mimeType', object.headers['content-type'] ?? ''],
		['crc64', String(object.crc64)],
	]);
	return callback.body.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
		const value = values.get(name) ?? '';
		return json ? JSON.stringify(value) : encodeURIComponent(value);
	});
}

/** Loopback only: a test must not be able to call the world. */
function post(url: URL, body: string, { host, contentType }: Callback, signal: AbortSignal): Promise<string> {
	if (url.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
		return Promise.reject(new Error(`${url.hostname} is not on this machine`));
	}
	return new Promise((resolve, reject) => {
		const request = httpRequest(url, {
			method: 'POST',
			headers: {
				'Content-Type': contentType,
				'Content-Length': Buffer.byteLength(body),
				...(host === undefined ? {} : { Host: host }),
			},
			signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
		});
		request.once('error', reject);
		request.once('response', (response) => {
			const chunks: Buffer[] = [];
			let size = 0;
			response.on('data', (chunk: Buffer) => {
				size += chunk.length;
				if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
				else response.destroy(new Error('the answer is longer than 1 MB'));
			});
			response.once('error', reject);
			response.once('end', () => {
				const text = Buffer.concat(chunks).toString();
				if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
				// OSS passes on nothing else.
				else if (!isJson(text)) reject(new Error('the answer is no JSON'));
				else resolve(text);
			});
		});
		request.end(body);
	});
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
