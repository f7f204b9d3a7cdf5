import { OssError } from './oss-error.js';

/** One rule of a bucket's CORS configuration; the first that matches wins. */
export interface CorsRule {
	/** Exact, or with one `*`. */
	readonly origins: readonly string[];
	readonly methods: readonly string[];
	/** Exact, or with one `*`; any case. */
	readonly headers: readonly string[];
	/** Response headers a page may read; OSS accepts no `*` here. */
	readonly expose: readonly string[];
	/** Seconds. */
	readonly maxAge: number;
}

/** The rule a bucket for uploads needs, for any origin. */
export const DEFAULT_CORS: readonly CorsRule[] = [
	{
		origins: ['*'],
		methods: ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'],
		headers: ['*'],
		expose: [
			'ETag',
			'x-oss-request-id',
			'x-oss-hash-crc64ecma',
			'x-oss-version-id',
			'Date',
			'x-oss-server-time',
			'x-oss-qos-delay-time',
		],
		maxAge: 600,
	},
];

/** OSS's limit. */
const MAX_RULES = 10;

/** The bucket's rules as they are now: people change them in the console while pages are open. */
export class BucketCors {
	#rules: readonly CorsRule[] | false;

	/** @throws TypeError as `set` does */
	constructor(rules: readonly CorsRule[] | false) {
		this.#rules = checked(rules);
	}

	get rules(): readonly CorsRule[] | false {
		return this.#rules;
	}

	/**
	 * `false`: CORS is off.
	 *
	 * @throws TypeError for what OSS would not store, or is no rule at all
	 */
	set(rules: unknown): void {
		this.#rules = checked(rules);
	}
}

function checked(rules: unknown): readonly CorsRule[] | false {
	if (rules === false) return false;
	if (!Array.isArray(rules) || rules.length > MAX_RULES) {
		throw new TypeError(`Expected the CORS rules to be false, or an array of at most ${MAX_RULES} rules.`);
	}
	return rules.map((rule: unknown, index) => {
		if (isCorsRule(rule)) return rule;
		throw new TypeError(
			`Expected CORS rule ${index + 1} to have arrays of strings origins, methods, headers and expose ` +
				'(without *, EC 0034-00000013), and maxAge in seconds.',
		);
	});
}

function isCorsRule(rule: unknown): rule is CorsRule {
	const fields = new Map<string, unknown>(Object.entries(Object(rule)));
	const names = (field: string): readonly unknown[] | undefined => {
		const value = fields.get(field);
		return Array.isArray(value) && value.every((name) => typeof name === 'string') ? value : undefined;
	};
	return (
		[names('origins'), names('methods'), names('headers')].every(Boolean) &&
		names('expose')?.every((name) => !String(name).includes('*')) === true &&
		Number.isInteger(fields.get('maxAge'))
	);
}

type Headers = Readonly<Record<string, string>>;

/**
 * The answer to a preflight.
 *
 * @throws OssError AccessForbidden when no rule matches
 */
export function preflight(rules: readonly CorsRule[] | false, headers: Headers): Headers {
	const { origin, 'access-control-request-method': method } = headers;
	if (origin === undefined || method === undefined) {
		throw new OssError(
			400,
			'BadRequest',
			'Insufficient information. Origin request header and Access-Control-Request-Method are needed.',
		);
	}
	if (rules === false) throw forbidden('CORSResponse: CORS is not enabled for this bucket.');
	const requested = headers['access-control-request-headers'];
	const rule = matchingRule(rules, origin, method, requested);
	if (!rule) {
		throw forbidden(
			'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, ' +
				"request method / Access-Control-Request-Method or Access-Control-Requet-Headers are not whitelisted by the resource's CORS spec.",
		);
	}
	return {
		...allow(rule, origin),
		// The names are echoed: a `*` would not cover Authorization in browsers.
		...(requested === undefined ? {} : { 'Access-Control-Allow-Headers': requested }),
	};
}

/** What an answer carries for a request that has an Origin; nothing at all when no rule matches. */
export function corsHeaders(
	rules: readonly CorsRule[] | false,
	method: string,
	origin: string | undefined,
	hidden: readonly string[],
): Headers {
	if (rules === false || origin === undefined) return {};
	const rule = matchingRule(rules, origin, method, undefined);
	if (!rule) return {};
	const hiddenNames = new Set(hidden.map((name) => name.toLowerCase()));
	const exposed = rule.expose.filter((name) => !hiddenNames.has(name.toLowerCase()));
	return {
		...allow(rule, origin),
		...(exposed.length === 0 ? {} : { 'Access-Control-Expose-Headers': exposed.join(', ') }),
	};
}

const allow = (rule: CorsRule, origin: string): Headers => ({
	'Access-Control-Allow-Origin': rule.origins.includes('*') ? '*' : origin,
	'Access-Control-Allow-Methods': rule.methods.join(', '),
	'Access-Control-Max-Age': String(rule.maxAge),
	Vary: 'Origin',
});

const matchingRule = (
	rules: readonly CorsRule[],
	origin: string,
	method: string,
	requested: string | undefined,
): CorsRule | undefined => {
	const names = (requested ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);
	return rules.find(
		(rule) =>
			rule.origins.some((pattern) => matches(pattern, origin)) &&
			rule.methods.includes(method) &&
			names.every((name) => rule.headers.some((pattern) => matches(pattern, name))),
	);
};

function matches(pattern: string, text: string): boolean {
	const [before = '', after] = pattern.toLowerCase().split('*');
	const candidate = text.toLowerCase();
	if (after === undefined) return candidate === before;
	return (
		candidate.length >= before.length + after.length &&
		candidate.startsWith(before) &&
		candidate.endsWith(after)
	);
}

const forbidden = (message: string): OssError => new OssError(403, 'AccessForbidden', message);
