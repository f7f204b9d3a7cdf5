import { isAnswer } from './provider.js';

/** A temporary access key of STS, or a permanent one, which has no place in a browser. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string | undefined;
	/** ISO 8601, a Date, or milliseconds since 1970; unknown when absent: refreshed only once OSS rejects them. */
	readonly expiration?: string | Date | number | undefined;
}

/** As STS's AssumeRole answers it. */
export interface StsCredentials {
	readonly AccessKeyId: string;
	readonly AccessKeySecret: string;
	readonly SecurityToken: string;
	readonly Expiration?: string | undefined;
}

/** What `getCredentials` may answer: our own names, ali-oss's `stsToken`, or STS's JSON as it came. */
export type CredentialsAnswer =
	| Credentials
	| (Omit<Credentials, 'securityToken'> & { readonly stsToken: string })
	| StsCredentials
	| { readonly Credentials: StsCredentials };

/** Makes the error that is thrown: what was expected of `name`, and what was found, of which it tells no value. */
export type Unexpected = (name: string, expected: string, got: unknown) => Error;

/** Takes each of the accepted shapes from what `name` answered. */
export function readCredentials(answer: unknown, name: string, unexpected: Unexpected): Credentials {
	const outer = isAnswer(answer) ? answer : {};
	// STS itself writes it with a capital, its SDKs for JavaScript without.
	const inner = outer.Credentials ?? outer.credentials;
	const source = isAnswer(inner) ? inner : outer;
	const text = (...names: [string, ...string[]]): string | undefined => {
		const value = names.map((each) => source[each]).find((each) => each != null);
		// Visible ASCII only: `fetch` would refuse anything else in a header, and put it into its message.
		if (value === undefined || (typeof value === 'string' && /^[!-~]+$/.test(value))) return value;
		throw unexpected(name, `\`${names[0]}\` as text of visible ASCII characters`, value);
	};
	const needed = (...names: [string, ...string[]]): string => {
		const value = text(...names);
		if (value !== undefined) return value;
		const fields = '`accessKeyId`, `accessKeySecret` and `securityToken`, or what STS itself answers';
		throw unexpected(name, `an object with ${fields}`, isAnswer(inner) ? inner : answer);
	};
	return {
		accessKeyId: needed('accessKeyId', 'AccessKeyId'),
		accessKeySecret: needed('accessKeySecret', 'AccessKeySecret'),
		securityToken: text('securityToken', 'SecurityToken', 'stsToken'),
		expiration: readExpiration(source.expiration ?? source.Expiration, name, unexpected),
	};
}

function readExpiration(value: unknown, name: string, unexpected: Unexpected): number | undefined {
	if (value == null) return undefined;
	const time = typeof value === 'string' ? Date.parse(value) : Number(value);
	if (time > 1e11) return time;
	// Of the years 1973 to 5138, and as milliseconds of the 1970s: nobody means that.
	const hint = time > 1e8 ? ' (seconds? Multiply by 1,000)' : '';
	throw unexpected(name, `\`expiration\` as ISO 8601, Date or milliseconds since 1970${hint}`, value);
}
