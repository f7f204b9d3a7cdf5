import type { Operation } from '../../core/model.js';
import { MAX_KEY_BYTES, UNSENDABLE_KEY } from '../object-key.js';
import { type Query, utf8 } from './encoding.js';
import { NotSignedError } from './not-signed-error.js';

/** A request that the page asks to have signed, looked at. */
export interface AskedRequest {
	readonly operation: Operation;
	readonly method: string;
	readonly key: string;
	readonly query: Query;
	readonly headers: Readonly<Record<string, string>>;
}

export interface UploadRules {
	/**
	 * What keys begin with: of the person who asks, as your own session says, and not as the page says. Ends with a slash,
	 * since `users/1` would also be good for `users/12`; an id in it has none. `''` lets every key of the bucket through.
	 */
	readonly prefix: string;
	/**
	 * Headers to sign besides those that say something of the uploaded object alone, such as `x-oss-object-acl`. Some reach
	 * far: `x-oss-callback` makes OSS call any address, `x-oss-copy-source` reads any object that your key may read.
	 *
	 * @default []
	 */
	readonly allowHeaders?: readonly string[] | undefined;
}

type Shape = readonly [method: string, needed: readonly string[], optional?: readonly string[]];

const ENCODING = 'encoding-type';

/** What an uploader sends, by its parameters; whoever asks for anything else gets no signature. */
const OPERATIONS: Readonly<Record<Operation, Shape>> = {
	PutObject: ['PUT', []],
	HeadObject: ['HEAD', []],
	InitiateMultipartUpload: ['POST', ['uploads'], [ENCODING]],
	UploadPart: ['PUT', ['partNumber', 'uploadId']],
	ListParts: ['GET', ['uploadId'], [ENCODING, 'max-parts', 'part-number-marker']],
	CompleteMultipartUpload: ['POST', ['uploadId'], [ENCODING]],
	AbortMultipartUpload: ['DELETE', ['uploadId']],
};

/** Of a parameter: no character that V1 signs as the beginning of another one. */
const VALUE = /^[\w.~+/=-]+$/;

/** They say something of the uploaded object alone. */
const HEADERS =
	/^(content-(type|md5|disposition|encoding)|cache-control|expires|x-oss-(meta-[a-z\d-]+|storage-class|tagging|forbid-overwrite|traffic-limit))$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes what the page sent apart. A server that signs whatever it is asked to has given its rights away.
 *
 * @throws NotSignedError for what no uploader sends, and for what the rules do not allow
 */
export function readAsked(
	asked: unknown,
	bucket: string,
	rules: UploadRules,
	signatureVersion: 'v4' | 'v1' | undefined,
): AskedRequest {
	if (!isRecord(asked)) throw malformed('the request is no object: parse its JSON first');
	const request = {
		operation: textOf(asked, 'operation') as Operation,
		method: textOf(asked, 'method'),
		key: textOf(asked, 'key'),
		query: textsOf(asked, 'query'),
		headers: textsOf(asked, 'headers'),
	};
	if (textOf(asked, 'bucket') !== bucket) throw refused('it is for another bucket');
	assertKey(request.key, rules.prefix);
	// V1 signs key and parameters as one text, in which nothing is percent-encoded.
	if (signatureVersion === 'v1' && request.key.includes('?')) throw refused('with V1 keys have no ?');
	assertOperation(request);
	assertHeaders(request.headers, rules.allowHeaders ?? []);
	return request;
}

const malformed = (why: string): NotSignedError => new NotSignedError(400, `Not signed: ${why}`);
const refused = (why: string): NotSignedError => new NotSignedError(403, `Not signed: ${why}`);

function textOf(asked: Readonly<Record<string, unknown>>, name: string): string {
	const value = asked[name];
	if (typeof value === 'string') return value;
	throw malformed(`${name} is no text: send what \`signRequest\` was given, as JSON`);
}

function textsOf(asked: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, string>> {
	const value = asked[name] ?? {};
	if (isRecord(value) && Object.values(value).every((each) => typeof each === 'string')) {
		return value as Readonly<Record<string, string>>;
	}
	throw malformed(`${name} is no object of texts: send what \`signRequest\` was given, as JSON`);
}

/** As `upload` has it. An empty one would make a request to the bucket of it. */
function assertKey(key: string, prefix: string): void {
	if (/\p{Surrogate}/u.test(key)) throw malformed('the key holds half a character');
	if (!key || utf8(key).length > MAX_KEY_BYTES || UNSENDABLE_KEY.test(key)) {
		throw refused(`keys have 1 to ${MAX_KEY_BYTES} bytes, no leading / or \\, no segment that is . or ..`);
	}
	if (!key.startsWith(prefix)) throw refused(`keys begin with ${prefix}`);
}

function assertOperation({ operation, method, query }: AskedRequest): void {
	if (!Object.hasOwn(OPERATIONS, operation)) {
		throw refused(`uploads need no ${operation.slice(0, 40)}, only ${Object.keys(OPERATIONS).join(', ')}`);
	}
	const [itsMethod, needed, optional = []] = OPERATIONS[operation];
	const names = Object.keys(query);
	const isRight =
		method === itsMethod &&
		needed.every((name) => names.includes(name)) &&
		names.every((name) => [...needed, ...optional].includes(name));
	if (!isRight) {
		const parameters = [...needed, ...optional].join(', ') || 'none';
		throw refused(`${operation} is ${itsMethod} with these parameters alone: ${parameters}`);
	}
	const odd = names.find((name) => (name === 'uploads' ? query[name] : !VALUE.test(query[name] ?? '')));
	if (odd) throw malformed(`${odd} has a value that no uploader sends`);
}

function assertHeaders(headers: AskedRequest['headers'], allowed: readonly string[]): void {
	const more = allowed.map((name) => name.toLowerCase());
	const seen = new Set<string>();
	for (const [given, value] of Object.entries(headers)) {
		const name = given.toLowerCase();
		if (!HEADERS.test(name) && !more.includes(name)) {
			throw refused(`the header ${JSON.stringify(name.slice(0, 40))} is not among \`allowHeaders\``);
		}
		if (seen.has(name)) throw malformed(`the header ${name} is there twice`);
		seen.add(name);
		// What is signed is lines of text: a value with a line of its own would have another header signed along.
		if (!/^[ -~]*$/.test(value)) throw malformed(`the header ${name} is not one line of printable ASCII`);
	}
}
