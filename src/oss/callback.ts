import { BOOLEAN, oneOf, pattern, privatePattern, type Rule, rule, shape, texts } from '../expect.js';
import { base64Json } from './encoding.js';

/** What OSS sends to your own server once the object is stored; that server's answer becomes the upload's. */
export interface Callback {
	/** Address of your server, http or https; up to 5, separated by `;`, are tried in turn. */
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

const LIKE_THIS =
	'write it like { url: "https://app.example.com/stored", body: "object=$' + '{object}&size=$' + '{size}" }';

/** What OSS would refuse only after the last byte of the object is refused at once. */
const CALLBACK_RULES = {
	url: rule('1 to 5 http or https addresses', addresses, LIKE_THIS),
	body: privatePattern(/./, 'a string that is not empty', LIKE_THIS),
	bodyType: oneOf('application/x-www-form-urlencoded', 'application/json'),
	host: pattern(/^[!-.0-~]+$/, 'a host name'),
	sni: BOOLEAN,
	vars: texts(pattern(/^[a-z\d_.-]+$/, 'of lower-case letters, digits, _ . -', 'rename it, the x: is added')),
};

const CALLBACK = shape(CALLBACK_RULES, LIKE_THIS);

export const expectCallback: Rule = (name, callback) => {
	CALLBACK(name, callback);
	const { url, body } = callback as Callback;
	CALLBACK_RULES.url(`${name}.url`, url);
	CALLBACK_RULES.body(`${name}.body`, body);
};

/** As OSS wants them, with the characters beyond ASCII encoded. Undefined for what is none. */
function addresses(text: unknown): string | undefined {
	try {
		const urls = String(text)
			.split(';')
			.map((each) => new URL(each));
		if (urls.length <= 5 && urls.every(({ protocol }) => /^https?:$/.test(protocol))) return urls.join(';');
	} catch {}
	return undefined;
}

/** For `x-oss-callback`. */
export const encodeCallback = ({ url, body, bodyType, host, sni }: Callback): string =>
	// JSON leaves out what is undefined.
	base64Json({
		callbackUrl: addresses(url),
		callbackBody: body,
		callbackBodyType: bodyType,
		callbackHost: host,
		callbackSNI: sni,
	});

/** For `x-oss-callback-var`. */
export function encodeVars({ vars = {} }: Callback): string | undefined {
	const entries = Object.entries(vars).map(([name, value]) => [`x:${name}`, value]);
	return entries.length > 0 ? base64Json(Object.fromEntries(entries)) : undefined;
}

/** Also of what a server has encoded, and is given as a header. `e`, then `w` or `y`, is the base64 of `{`. */
export const ENCODED = privatePattern(
	/^e[wy][\w+/=]{0,5118}$/,
	'at most 5120 characters, base64 of a JSON object',
	'use `callback`, and let your server look the rest up',
);
