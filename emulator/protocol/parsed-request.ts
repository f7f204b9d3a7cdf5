import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { OpenRecord } from '../control/request-log.js';
import { parseAddress, queryValue } from './address.js';
import { authorizationKind, type ReceivedRequest } from './authentication.js';
import { invalidArgument } from './oss-error.js';
import { type OssOperation, route } from './router.js';

/** What is known of a request before it is answered; `problem` when it is none of OSS's. */
export interface ParsedRequest {
	readonly request: ReceivedRequest;
	readonly operation: OssOperation | undefined;
	readonly problem: unknown;
}

export function parseRequest(
	incoming: IncomingMessage,
	cnames: Readonly<Record<string, string>>,
): ParsedRequest {
	const headers = receivedHeaders(incoming);
	const method = incoming.method ?? '';
	try {
		const address = parseAddress(incoming.url ?? '/', headers.host ?? '', cnames);
		const request = { ...address, method, headers };
		try {
			if (method === 'OPTIONS') return { request, operation: undefined, problem: undefined };
			return {
				request,
				operation: route(method, address, headers['x-oss-copy-source'] !== undefined),
				problem: invalidArgument('The request has no bucket.'),
			};
		} catch (problem) {
			return { request, operation: undefined, problem };
		}
	} catch (problem) {
		const request = { bucket: undefined, key: undefined, query: [], method, headers };
		return { request, operation: undefined, problem };
	}
}

function receivedHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
	const entries = Object.entries(headers).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, asUtf8(Array.isArray(value) ? value.join(', ') : value)] as const],
	);
	return Object.fromEntries(entries);
}

/** Node reads header bytes as Latin-1; what is signed are the bytes, and clients mean UTF-8 by them. */
function asUtf8(value: string): string {
	const text = Buffer.from(value, 'latin1').toString();
	return text.includes('\ufffd') ? value : text;
}

const SECRET_HEADERS = new Set(['authorization', 'x-oss-security-token']);

export function newRecord({ request, operation }: ParsedRequest): OpenRecord {
	const { bucket, key, query, headers, method } = request;
	const partNumber = queryValue(query, 'partNumber');
	const uploadId = queryValue(query, 'uploadId');
	return {
		at: Date.now(),
		requestId: randomBytes(12).toString('hex').toUpperCase(),
		operation: method === 'OPTIONS' ? 'Preflight' : (operation ?? 'Unknown'),
		method,
		...(bucket === undefined ? {} : { bucket }),
		...(key === undefined ? {} : { key }),
		...(partNumber === undefined ? {} : { partNumber: Number(partNumber) }),
		...(uploadId === undefined ? {} : { uploadId }),
		...(headers.origin === undefined ? {} : { origin: headers.origin }),
		authorization: authorizationKind(request),
		headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.has(name))),
		bytes: 0,
		status: 0,
		stored: false,
	};
}
