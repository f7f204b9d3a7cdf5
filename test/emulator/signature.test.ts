import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { signatureV1, stringToSignV1 } from '../../emulator/protocol/signature-v1.js';
import {
	ALGORITHM,
	canonicalRequest,
	isAlwaysSigned,
	scopeOf,
	signature,
	signingKey,
	stringToSign,
} from '../../emulator/protocol/signature-v4.js';
import { Crc64 } from '../../emulator/store/crc64.js';

interface Vector {
	readonly name: string;
	readonly kind: string;
	readonly inputs: {
		readonly method: string;
		readonly bucket: string;
		readonly key?: string;
		readonly region: string;
		readonly product: string;
		readonly accessKeyId: string;
		readonly accessKeySecret: string;
		readonly securityToken?: string;
		/** A parameter without a value is null in some of the vectors. */
		readonly query: readonly (readonly [string, string | null])[];
		readonly headers: Readonly<Record<string, string>>;
		readonly additionalHeaders?: readonly string[];
		readonly time?: number;
		readonly signTime?: number;
		readonly expires?: number;
		readonly expiresAt?: number;
		readonly dateHeader?: string;
		readonly date?: string;
		readonly signingKeyHex?: string;
		readonly stringToSign?: string;
		readonly text?: string;
	};
	readonly expected: Readonly<Record<string, string>>;
	readonly derived?: Readonly<Record<string, string>>;
}

const vectors: readonly Vector[] = JSON.parse(
	readFileSync(new URL('../oss/signing/sign-vectors.json', import.meta.url), 'utf8'),
);
const ofKind = (...kinds: readonly string[]): readonly Vector[] =>
	vectors.filter(({ kind }) => kinds.includes(kind));

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const queryOf = ({ inputs }: Vector): (readonly [string, string])[] =>
	inputs.query.map(([name, value]) => [name, value ?? '']);

/** The request that the vector's signer would have sent, and what it signed. */
function signV4(vector: Vector) {
	const { kind, inputs } = vector;
	const seconds = inputs.time ?? inputs.signTime ?? 0;
	const datetime = inputs.dateHeader ?? new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = { date: datetime.slice(0, 8), region: inputs.region, product: inputs.product };
	const headers = lower(inputs.headers);
	const query = queryOf(vector);
	const additionalHeaders = [...new Set(inputs.additionalHeaders?.map((name) => name.toLowerCase()))]
		.filter((name) => name in headers && !isAlwaysSigned(name))
		.sort();
	if (kind === 'v4-query') {
		query.push(
			['x-oss-signature-version', ALGORITHM],
			['x-oss-credential', `${inputs.accessKeyId}/${scopeOf(scope)}`],
			['x-oss-date', datetime],
			['x-oss-expires', String(inputs.expires)],
		);
		if (additionalHeaders.length > 0) query.push(['x-oss-additional-headers', additionalHeaders.join(';')]);
		if (inputs.securityToken !== undefined) query.push(['x-oss-security-token', inputs.securityToken]);
	} else {
		headers['x-oss-date'] = datetime;
		headers['x-oss-content-sha256'] = 'UNSIGNED-PAYLOAD';
		if (inputs.securityToken !== undefined) headers['x-oss-security-token'] = inputs.securityToken;
	}
	const { method, bucket, key } = inputs;
	const canonical = canonicalRequest({ method, bucket, key, query, headers, additionalHeaders });
	const text = stringToSign(datetime, scope, canonical);
	const signingKeyBytes =
		inputs.signingKeyHex === undefined
			? signingKey(inputs.accessKeySecret, scope)
			: Buffer.from(inputs.signingKeyHex, 'hex');
	return { canonical, text, signingKeyBytes, result: signature(signingKeyBytes, text) };
}

describe.each(ofKind('v4-header', 'v4-query', 'v4-canonical-and-key'))('$name', (vector) => {
	const known = { ...vector.derived, ...vector.expected };
	const signed = signV4(vector);

	test('the canonical request is the published one', () => {
		expect(signed.canonical).toBe(known.canonicalRequest);
	});
	test('the string to sign is the published one', () => {
		expect(signed.text).toBe(known.stringToSign);
	});
	test('the signing key is the published one', () => {
		expect(signed.signingKeyBytes.toString('hex')).toBe(known.signingKeyHex ?? vector.inputs.signingKeyHex);
	});
	test('the signature is the published one', () => {
		expect(signed.result).toBe(known.signature);
		if (known.authorization !== undefined)
			expect(known.authorization).toMatch(new RegExp(`Signature=${signed.result}$`));
	});
});

describe.each(ofKind('v1-header', 'v1-query'))('$name', (vector) => {
	const { inputs } = vector;
	const known = { ...vector.derived, ...vector.expected };
	const query = queryOf(vector);
	if (inputs.securityToken !== undefined) query.push(['security-token', inputs.securityToken]);
	const text = stringToSignV1({
		method: inputs.method,
		bucket: inputs.bucket,
		key: inputs.key,
		query,
		headers: lower(inputs.headers),
		date: inputs.date ?? String(inputs.expiresAt),
	});

	test('the string to sign is the published one', () => {
		expect(text).toBe(known.stringToSign);
	});
	test('the signature is the published one', () => {
		expect(signatureV1(inputs.accessKeySecret, text)).toBe(known.signature);
	});
});

test.each(ofKind('v1-raw'))(
	'$name: the signature of the documented string is the documented one',
	({ inputs, expected }) => {
		expect(signatureV1(inputs.accessKeySecret, inputs.stringToSign ?? '')).toBe(expected.signature);
	},
);

test.each(ofKind('crc64'))('$name: the checksum is the published one', ({ inputs, expected }) => {
	expect(String(new Crc64().update(Buffer.from(inputs.text ?? '')).digest())).toBe(expected.decimal);
});

test('no vector is left out', () => {
	const kinds = ['v4-header', 'v4-query', 'v4-canonical-and-key', 'v1-header', 'v1-query', 'v1-raw', 'crc64'];
	expect(ofKind(...kinds)).toHaveLength(38);
	expect(vectors).toHaveLength(39);
});
