import { request as httpRequest } from 'node:http';
import type { Emulator } from '../../emulator/index.js';
import { signatureV1, stringToSignV1 } from '../../emulator/protocol/signature-v1.js';
import {
	ALGORITHM,
	canonicalRequest,
	scopeOf,
	signature,
	signingKey,
	stringToSign,
} from '../../emulator/protocol/signature-v4.js';

type Headers = Record<string, string>;
type Query = readonly (readonly [string, string])[];

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

interface Signable extends Credentials {
	readonly method: string;
	readonly bucket: string;
	readonly key: string | undefined;
	readonly query: Query;
	readonly headers: Headers;
	readonly at: number;
	readonly expires: number;
	readonly region: string;
}

interface Signed {
	readonly query: Query;
	readonly headers: Headers;
}

const tokenHeader = ({ securityToken }: Signable): Headers =>
	securityToken === undefined ? {} : { 'x-oss-security-token': securityToken };

const tokenParameter = (name: string, { securityToken }: Signable): Query =>
	securityToken === undefined ? [] : [[name, securityToken]];

const scopeAt = ({ at, region }: Signable) => {
	const datetime = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
	return { datetime, scope: { date: datetime.slice(0, 8), region, product: 'oss' } };
};

const signatureV4 = (signable: Signable): string => {
	const { datetime, scope } = scopeAt(signable);
	const canonical = canonicalRequest({ ...signable, additionalHeaders: [] });
	return signature(signingKey(signable.accessKeySecret, scope), stringToSign(datetime, scope, canonical));
};

const SIGNERS: Readonly<Record<NonNullable<Say['sign']>, (signable: Signable) => Signed>> = {
	none: ({ query, headers }) => ({ query, headers }),
	v4: (signable) => {
		const { datetime, scope } = scopeAt(signable);
		const headers: Headers = {
			...signable.headers,
			'x-oss-date': datetime,
			'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
			...tokenHeader(signable),
		};
		const credential = `${signable.accessKeyId}/${scopeOf(scope)}`;
		headers.authorization = `${ALGORITHM} Credential=${credential},Signature=${signatureV4({ ...signable, headers })}`;
		return { query: signable.query, headers };
	},
	'v4-query': (signable) => {
		const { datetime, scope } = scopeAt(signable);
		const query: Query = [
			...signable.query,
			['x-oss-signature-version', ALGORITHM],
			['x-oss-credential', `${signable.accessKeyId}/${scopeOf(scope)}`],
			['x-oss-date', datetime],
			['x-oss-expires', String(signable.expires)],
			...tokenParameter('x-oss-security-token', signable),
		];
		const result = signatureV4({ ...signable, query });
		return { query: [...query, ['x-oss-signature', result]], headers: signable.headers };
	},
	v1: (signable) => {
		const date = new Date(signable.at).toUTCString();
		const headers: Headers = { ...signable.headers, 'x-oss-date': date, ...tokenHeader(signable) };
		const text = stringToSignV1({ ...signable, headers, date });
		headers.authorization = `OSS ${signable.accessKeyId}:${signatureV1(signable.accessKeySecret, text)}`;
		return { query: signable.query, headers };
	},
	'v1-query': (signable) => {
		const date = String(Math.floor(signable.at / 1000) + signable.expires);
		const query: Query = [...signable.query, ...tokenParameter('security-token', signable)];
		const text = stringToSignV1({ ...signable, query, date });
		const parameters: Query = [
			['Expires', date],
			['OSSAccessKeyId', signable.accessKeyId],
			['Signature', signatureV1(signable.accessKeySecret, text)],
		];
		return { query: [...query, ...parameters], headers: signable.headers };
	},
};

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
		const { bucket = 'examplebucket', key, query = [], headers = {}, sign = 'v4' } = say;
		const signable: Signable = {
			method: say.method,
			bucket,
			key,
			query,
			headers,
			at: say.at ?? Date.now(),
			expires: say.expires ?? 900,
			region: say.region ?? 'cn-hangzhou',
			...(say.credentials ?? this.#credentials),
		};
		const signed = SIGNERS[sign](signable);
		return { path: pathOf(bucket, key, signed.query), headers: signed.headers };
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

	part(
		key: string,
		uploadId: string,
		partNumber: number | string,
		body: string | Uint8Array,
		headers: Headers = {},
	) {
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

	complete(
		key: string,
		uploadId: string,
		parts: readonly (readonly [number, string])[],
		headers: Headers = {},
	) {
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
	const text = query.map(([name, value]) =>
		value === '' ? encode(name) : `${encode(name)}=${encode(value)}`,
	);
	return text.length === 0 ? path : `${path}?${text.join('&')}`;
};

/** One request, as raw as Node can make it: the path goes out as it is. */
export function http(
	url: string,
	{
		method,
		path,
		headers = {},
		body = '',
	}: { method: string; path: string; headers?: Headers; body?: string | Uint8Array },
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
