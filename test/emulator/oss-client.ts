import { request as httpRequest } from 'node:http';
import type { Emulator } from '../../emulator/index.js';
import { signatureV1, stringToSignV1 } from '../../emulator/signature-v1.js';
import {
	ALGORITHM,
	canonicalRequest,
	scopeOf,
	signature,
	signingKey,
	stringToSign,
} from '../../emulator/signature-v4.js';

type Headers = Record<string, string>;
type Query = (readonly [string, string])[];

export interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string;
}

export interface Say {
	readonly method: string;
	readonly bucket?: string;
	readonly key?: string;
	readonly query?: Query;
	readonly headers?: Headers;
	readonly body?: string | Uint8Array;
	/** Milliseconds since 1970; the signing time. */
	readonly at?: number;
	readonly region?: string;
	readonly sign?: 'v4' | 'v4-query' | 'v1' | 'v1-query' | 'none';
	readonly expires?: number;
	/** Sent but not signed. */
	readonly unsigned?: Headers;
	readonly credentials?: Credentials;
}

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	readonly bytes: Buffer;
	/** Text of the first element of that name. */
	xml(name: string): string | undefined;
}

/** Only what a raw client needs; the signature functions it uses are proven by the published vectors. */
export class OssClient {
	readonly #emulator: Emulator;
	readonly #credentials: Credentials;

	constructor(emulator: Emulator, credentials: Credentials = emulator) {
		this.#emulator = emulator;
		this.#credentials = credentials;
	}

	async say(say: Say): Promise<Answer> {
		const { path, headers } = this.sign(say);
		return http(this.#emulator.url, {
			method: say.method,
			path,
			headers: { ...headers, ...say.unsigned },
			body: say.body ?? '',
		});
	}

	/** The signed path and headers of a request, to be sent by other means. */
	sign(say: Say): { readonly path: string; readonly headers: Headers } {
		const { bucket = 'examplebucket', key, query = [], sign = 'v4' } = say;
		const { accessKeyId, accessKeySecret, securityToken } = say.credentials ?? this.#credentials;
		const at = say.at ?? Date.now();
		const headers: Headers = { ...say.headers };
		const signed: Query = [...query];
		const expires = say.expires ?? 900;
		const resource = { method: say.method, bucket, key };
		if (sign === 'v4' || sign === 'v4-query') {
			const datetime = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
			const scope = { date: datetime.slice(0, 8), region: say.region ?? 'cn-hangzhou', product: 'oss' };
			if (sign === 'v4') {
				headers['x-oss-date'] = datetime;
				headers['x-oss-content-sha256'] = 'UNSIGNED-PAYLOAD';
				if (securityToken !== undefined) headers['x-oss-security-token'] = securityToken;
			} else {
				signed.push(
					['x-oss-signature-version', ALGORITHM],
					['x-oss-credential', `${accessKeyId}/${scopeOf(scope)}`],
					['x-oss-date', datetime],
					['x-oss-expires', String(expires)],
				);
				if (securityToken !== undefined) signed.push(['x-oss-security-token', securityToken]);
			}
			const canonical = canonicalRequest({ ...resource, query: signed, headers, additionalHeaders: [] });
			const result = signature(
				signingKey(accessKeySecret, scope),
				stringToSign(datetime, scope, canonical),
			);
			if (sign === 'v4') {
				headers.authorization = `${ALGORITHM} Credential=${accessKeyId}/${scopeOf(scope)},Signature=${result}`;
			} else signed.push(['x-oss-signature', result]);
		}
		if (sign === 'v1') {
			const date = new Date(at).toUTCString();
			headers['x-oss-date'] = date;
			if (securityToken !== undefined) headers['x-oss-security-token'] = securityToken;
			const text = stringToSignV1({ ...resource, query, headers, date });
			headers.authorization = `OSS ${accessKeyId}:${signatureV1(accessKeySecret, text)}`;
		}
		if (sign === 'v1-query') {
			const date = String(Math.floor(at / 1000) + expires);
			if (securityToken !== undefined) signed.push(['security-token', securityToken]);
			const text = stringToSignV1({ ...resource, query: signed, headers, date });
			signed.push(
				['Expires', date],
				['OSSAccessKeyId', accessKeyId],
				['Signature', signatureV1(accessKeySecret, text)],
			);
		}
		return { path: pathOf(bucket, key, signed), headers };
	}

	put(key: string, body: string | Uint8Array = '', headers: Headers = {}): Promise<Answer> {
		return this.say({ method: 'PUT', key, body, headers });
	}

	async initiate(key: string, headers: Headers = {}): Promise<string> {
		const answer = await this.say({ method: 'POST', key, query: [['uploads', '']], headers });
		const uploadId = answer.xml('UploadId');
		if (uploadId === undefined) throw new Error(answer.text);
		return uploadId;
	}

	part(key: string, uploadId: string, partNumber: number | string, body: string | Uint8Array, headers: Headers = {}) {
		return this.say({
			method: 'PUT',
			key,
			query: [
				['partNumber', String(partNumber)],
				['uploadId', uploadId],
			],
			body,
			headers,
		});
	}

	complete(key: string, uploadId: string, parts: readonly (readonly [number, string])[], headers: Headers = {}) {
		return this.completeWith(key, uploadId, completeXml(parts), headers);
	}

	completeWith(key: string, uploadId: string, body: string, headers: Headers = {}): Promise<Answer> {
		return this.say({ method: 'POST', key, query: [['uploadId', uploadId]], body, headers });
	}

	/** An upload whose parts are stored, and how Complete would name them. */
	async uploaded(key: string, bodies: readonly (string | Uint8Array)[]) {
		const uploadId = await this.initiate(key);
		const parts: (readonly [number, string])[] = [];
		for (const [index, body] of bodies.entries()) {
			const answer = await this.part(key, uploadId, index + 1, body);
			parts.push([index + 1, answer.headers.etag ?? '']);
		}
		return { uploadId, parts };
	}
}

export const completeXml = (parts: readonly (readonly [number, string])[]): string =>
	`<?xml version="1.0"?><CompleteMultipartUpload>${parts
		.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
		.join('')}</CompleteMultipartUpload>`;

const encode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const pathOf = (bucket: string, key: string | undefined, query: Query): string => {
	const path = `/${bucket}/${encode(key ?? '').replaceAll('%2F', '/')}`;
	const text = query.map(([name, value]) => (value === '' ? encode(name) : `${encode(name)}=${encode(value)}`));
	return text.length === 0 ? path : `${path}?${text.join('&')}`;
};

/** One request, as raw as Node can make it: the path goes out as it is. */
export function http(
	url: string,
	{ method, path, headers = {}, body = '' }: { method: string; path: string; headers?: Headers; body?: string | Uint8Array },
): Promise<Answer> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve, reject) => {
		const request = httpRequest({
			hostname,
			port,
			method,
			path,
			agent: false,
			headers: { ...headers, 'content-length': Buffer.byteLength(body) },
		});
		request.on('error', reject);
		request.on('response', (response) => {
			const chunks: Buffer[] = [];
			response.on('error', reject);
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () => {
				const bytes = Buffer.concat(chunks);
				const text = bytes.toString();
				resolve({
					status: response.statusCode ?? 0,
					headers: Object.fromEntries(
						Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
					),
					text,
					bytes,
					xml: (name) => unescapeXml(new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]),
				});
			});
		});
		request.end(body);
	});
}

const unescapeXml = (text: string | undefined): string | undefined =>
	text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
