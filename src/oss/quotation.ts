/** A value behind the name of a secret: in JSON, in an XML or HTML tag or attribute, in a query, in a header. */
const NAMED =
	/((?:token|secret|passw(?:or)?d|signature|nonce|cookie|authorization|access[_-]?key(?:[_-]?id)?)["'\\\s]*(?:(?:content|value)\s*)?[=:>]["'\\\s=:>]*(?:(?:bearer|basic)\s+)?)[^\s"'\\<>&,;]+/gi;

/** Ids of access keys, tokens of STS, JSON web tokens, and anything so long and so dense that it is no word. */
const KEYS = /\b(?:STS\.|LTAI|CAIS|eyJ)[\w.+/=-]{8,}|[\w+=-]{32,}/g;

/** The query of an address, which may be a signature. */
const QUERY = /(\/[^\s"'<>?#]*)[?#][^\s"'<>]+/g;

/**
 * The beginning of what others wrote, in one line, as it may stand in a message: what looks like a secret is left out.
 * `length` is in characters.
 */
export function quotation(text: string, length: number): string {
	const line = text
		.trimStart()
		// Much more than is told, since what is left out shortens it; and little enough for any expression.
		.slice(0, 10 * length)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.replace(QUERY, '$1?…')
		.replace(NAMED, '$1…')
		.replace(KEYS, '…')
		.trim();
	return line.length > length ? `${line.slice(0, length)}…` : line;
}
