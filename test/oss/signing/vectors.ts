import { readFileSync } from 'node:fs';
import { additionalNames, type SignInput } from '../../../src/oss/signing/signer-v4.js';

export interface Vector {
	readonly name: string;
	readonly kind: string;
	readonly inputs: {
		readonly method?: string;
		readonly bucket?: string;
		readonly key?: string;
		readonly region?: string;
		readonly product?: string;
		readonly query?: readonly (readonly [string, string | null])[];
		readonly headers?: Readonly<Record<string, string>>;
		readonly additionalHeaders?: readonly string[];
		readonly subResource?: readonly string[];
		readonly accessKeyId?: string;
		readonly accessKeySecret?: string;
		readonly securityToken?: string;
		readonly stringToSign?: string;
		readonly signingKeyHex?: string;
		readonly text?: string;
		readonly date?: string;
		readonly dateHeader?: string;
		/** Seconds, as all times of the vectors. */
		readonly time?: number;
		readonly signTime?: number;
		readonly expires?: number;
		readonly expiresAt?: number;
	};
	readonly expected: Expected & { readonly query?: Readonly<Record<string, string>> };
	readonly derived?: Expected;
}

interface Expected {
	readonly canonicalRequest?: string;
	readonly stringToSign?: string;
	readonly signingKeyHex?: string;
	readonly signature?: string;
	readonly authorization?: string;
	readonly base64?: string;
}

const all: readonly Vector[] = JSON.parse(
	readFileSync(new URL('sign-vectors.json', import.meta.url), 'utf8'),
);

export function vectors(kind: string): readonly Vector[] {
	const found = all.filter((vector) => vector.kind === kind);
	if (found.length === 0) throw new Error(`No vector of kind ${kind}`);
	return found;
}

export function inputOf({ inputs }: Vector): SignInput {
	const { product, additionalHeaders = [], headers = {}, securityToken } = inputs;
	return {
		method: inputs.method ?? '',
		bucket: inputs.bucket ?? '',
		key: inputs.key ?? '',
		region: inputs.region ?? '',
		...(product && { product }),
		query: Object.fromEntries((inputs.query ?? []).map(([name, value]) => [name, value ?? ''])),
		headers,
		additional: additionalNames(headers, additionalHeaders),
		credentials: {
			accessKeyId: inputs.accessKeyId ?? '',
			accessKeySecret: inputs.accessKeySecret ?? '',
			...(securityToken && { securityToken }),
		},
		time: timeOf(inputs),
	};
}

/** Seconds since 1970, `20221016T040719Z`, or the date of HTTP. */
function timeOf({ time, signTime, date, dateHeader }: Vector['inputs']): number {
	const seconds = time ?? signTime;
	if (seconds !== undefined) return seconds * 1000;
	if (date !== undefined) return Date.parse(date);
	if (dateHeader === undefined) return 0;
	return Date.parse(dateHeader.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
