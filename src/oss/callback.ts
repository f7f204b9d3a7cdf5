import { BOOLEAN, integer, oneOf, openRule, type Rule, rule, shape, TEXT, texts } from '../base/expect.js';
import { base64Json } from './signing/encoding.js';

/** What OSS sends to your own server once the object is stored; that server's answer becomes the upload's. */
export interface Callback {
	/** Address of your server, http or https, percent-encoded; up to 5, separated by `;`, are tried in turn. */
	readonly url: string;
	/** Body of OSS's request, where `${bucket}`, `${object}`, `${size}`, `${x:name}` and the like are filled in. */
	readonly body: string;
	/** @default 'application/x-www-form-urlencoded' */
	readonly bodyType?: 'application/x-www-form-urlencoded' | 'application/json' | undefined;
	/** The Host header of OSS's request. @default the host of `url` */
	readonly host?: string | undefined;
	/** Sends the host's name in the TLS handshake. @default false */
	readonly sni?: boolean | undefined;
	/** Values of your own, in the body as `${x:name}`. Names in lower case, without the `x:`. */
	readonly vars?: Readonly<Record<string, string>> | undefined;
}

/** What OSS would refuse only after the last byte of the object is refused at once. */
const CALLBACK_RULES = {
	url: rule(
		'1 to 5 http or https addresses, percent-encoded',
		/^(https?:\/\/[\w.-]+(:\d+)?([/?][!-:<-~]*)?(;|$)){1,5}$/i,
		'write it like "https://example.com/stored"',
	),
	body: rule('a string that is not empty', /^\P{Surrogate}+$/u, 'write it like "key=$' + '{object}"'),
	bodyType: oneOf('application/x-www-form-urlencoded', 'application/json'),
	host: TEXT,
	sni: BOOLEAN,
	vars: texts(
		openRule('of lower-case letters, digits, _ . -', /^[a-z\d_.-]+$/, 'rename it, the x: is added'),
	),
};

const CALLBACK = shape(CALLBACK_RULES);

export const expectCallback: Rule = (name, value) => {
	CALLBACK(name, value);
	const callback = value as Callback;
	CALLBACK_RULES.url(`${name}.url`, callback.url);
	CALLBACK_RULES.body(`${name}.body`, callback.body);
	for (const { length } of [encodeCallback(callback), encodeVars(callback)])
		integer(0, 5120, 'leave the rest out')(`base64 bytes of ${name}`, length);
};

export const encodeCallback = ({ url, body, bodyType, host, sni }: Callback): string =>
	// JSON leaves out what is undefined.
	base64Json({
		callbackUrl: url,
		callbackBody: body,
		callbackBodyType: bodyType,
		callbackHost: host,
		callbackSNI: sni,
	});

export function encodeVars({ vars = {} }: Callback): string {
	const entries = Object.entries(vars).map(([name, value]) => [`x:${name}`, value]);
	return entries.length > 0 ? base64Json(Object.fromEntries(entries)) : '';
}
