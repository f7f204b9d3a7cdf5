import { malformedXml } from './oss-error.js';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export interface XmlElement {
	readonly name: string;
	readonly children: readonly XmlElement[];
	readonly text: string;
}

const TOKEN =
	/<\?xml[^<>]*\?>|<!--(?:(?!--)[\s\S])*-->|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

interface OpenElement {
	readonly name: string;
	readonly children: XmlElement[];
	text: string;
}

/**
 * Reads a document without DTD, CDATA or mixed content, which is all a client may send.
 *
 * @throws OssError MalformedXML
 */
export function parseXml(document: string): XmlElement {
	const root: OpenElement = { name: '', children: [], text: '' };
	const open: OpenElement[] = [root];
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < document.length) {
		const token = TOKEN.exec(document);
		// A document nested deeper than any schema of OSS is an attack.
		if (!token || open.length > 16) throw malformedXml();
		readToken(open, token);
	}
	const [only, ...others] = root.children;
	if (open.length !== 1 || !only || others.length > 0 || root.text.trim() !== '') throw malformedXml();
	return only;
}

function readToken(open: OpenElement[], [, closing, name, , selfClosing, text]: RegExpExecArray): void {
	const current = open.at(-1);
	if (text !== undefined && current) current.text += unescapeText(text);
	if (name === undefined) return;
	if (closing) closeElement(open, name);
	else if (selfClosing) current?.children.push({ name, children: [], text: '' });
	else open.push({ name, children: [], text: '' });
}

function closeElement(open: OpenElement[], name: string): void {
	const closed = open.pop();
	const parent = open.at(-1);
	if (!parent || closed?.name !== name) throw malformedXml();
	parent.children.push(closed);
}

const unescapeText = (text: string): string =>
	text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));|&/g, (_, decimal, hex, name) => {
		if (name !== undefined && Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? '';
		const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
		if (!(code > 0 && code <= 0x10ffff)) throw malformedXml();
		return String.fromCodePoint(code);
	});
