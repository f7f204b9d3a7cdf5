import {
	expect,
	expectBoolean,
	expectInteger,
	expectNames,
	expectObject,
	expectOneOf,
	expectPrivateText,
	expectTexts,
} from '../expect.js';
import { base64Json, textOfBase64 } from './encoding.js';

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

export const CALLBACK = 'x-oss-callback';
export const CALLBACK_VAR = 'x-oss-callback-var';

/** The two headers of a callback. Throws for what OSS would refuse only after the last byte of the object. */
export function callbackHeaders(callback: Callback | undefined): Record<string, string | undefined> {
	if (callback === undefined) return {};
	const encoded = `what a server has encoded goes into \`headers\` as "${CALLBACK}"`;
	expectObject('callback', callback, 'an object with `url` and `body`', encoded);
	expectNames('callback', callback, 'url', 'body', 'bodyType', 'host', 'sni', 'vars');
	const { url, body, bodyType, host, sni, vars } = callback;
	const likeThis = 'write it like "object=$' + '{object}&size=$' + '{size}"';
	expectPrivateText('callback.body', body, likeThis);
	expect(body, 'callback.body', 'a string that is not empty', body, likeThis);
	expectOneOf('callback.bodyType', bodyType, 'application/x-www-form-urlencoded', 'application/json');
	const isHost = host === undefined || (typeof host === 'string' && /^[!-.0-~]+$/.test(host));
	expect(isHost, 'callback.host', 'a host name', host, 'write it like "app.example.com"');
	expectBoolean('callback.sni', sni);
	return {
		// JSON leaves out what is undefined.
		[CALLBACK]: base64Json({
			callbackUrl: addresses(url),
			callbackBody: body,
			callbackBodyType: bodyType,
			callbackHost: host,
			callbackSNI: sni,
		}),
		[CALLBACK_VAR]: variables(vars),
	};
}

const LIKE_AN_ADDRESS = 'write it like "https://app.example.com/stored"';

function addresses(url: string): string {
	expectPrivateText('callback.url', url, LIKE_AN_ADDRESS);
	const each = url.split(';').map((text) => text.trim());
	expectInteger('number of addresses in callback.url', each.length, 1, 5);
	return each.map(address).join(';');
}

/** OSS wants the characters beyond ASCII encoded. An address is not repeated: it may hold a secret of the two servers. */
function address(text: string): string {
	const isWeb = /^https?:\/\/[^/]/i.test(text);
	try {
		if (isWeb) return /^[!-~]+$/.test(new URL(text) && text) ? text : new URL(text).href;
	} catch {}
	const got = isWeb ? 'no URL' : 'something else';
	throw new TypeError(
		`Expected \`callback.url\` to be an http or https address, got ${got}: ${LIKE_AN_ADDRESS}`,
	);
}

function variables(vars: Callback['vars']): string | undefined {
	const entries = expectTexts('callback.vars', vars).map(([name, value]) => {
		const isName = /^[a-z\d_.-]+$/.test(name);
		const expected = 'of lower-case letters, digits, _ . -';
		expect(isName, 'name in callback.vars', expected, name, 'rename it, the x: is added');
		return [`x:${name}`, value];
	});
	return entries.length > 0 ? base64Json(Object.fromEntries(entries)) : undefined;
}

/** What a server has encoded, given as a header: OSS would find out only after the last byte of the object. */
export function expectEncoded(name: string, base64: string): void {
	expectInteger(`base64 bytes of ${name}`, base64.length, 0, 5120, '', 'let your server look the rest up');
	let json: unknown;
	try {
		json = JSON.parse(textOfBase64(base64));
	} catch {}
	if (typeof json === 'object' && json !== null) return;
	throw new TypeError(
		`Expected \`${name}\` to be base64 of a JSON object: the option \`callback\` makes it so`,
	);
}
