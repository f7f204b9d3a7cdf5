/** An element of a document without attributes and mixed content, which OSS's answers have none of. */
export interface XmlElement {
	readonly name: string;
	/** All its own text, spaces included. */
	readonly text: string;
	readonly children: readonly XmlElement[];
}

/** UTF-16 units; a page of 1,000 parts is about 0.3 million. */
const MAX_LENGTH = 4_000_000;
/** OSS needs 3. */
const MAX_DEPTH = 8;

/**
 * What an element consists of: processing instructions, elements up to the first tag that closes them (OSS puts none
 * into its like), and text. A DOCTYPE is none of these, so neither are entities of its own; nor are comments and CDATA,
 * which OSS does not write.
 */
const CONTENT =
	/<\?.*?\?>|<([\w.:-]+)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?:\/>|>(.*?)<\/\1\s*>)|([^<]+)/gsy;

const ENTITIES: Readonly<Record<string, number>> = { lt: 60, gt: 62, amp: 38, quot: 34, apos: 39 };

/**
 * A strict reader for OSS's small answers: workers have no DOMParser, and that one repairs what should be refused.
 * Throws a `SyntaxError`, which repeats nothing of the text.
 */
export function parseXml(text: string): XmlElement {
	if (text.length > MAX_LENGTH) throw refused();
	const document = readElement('', text, 0);
	const [root, second] = document.children;
	if (!root || second || document.text.trim()) throw refused();
	return root;
}

function readElement(name: string, content: string, depth: number): XmlElement {
	if (depth === MAX_DEPTH) throw refused();
	const children: XmlElement[] = [];
	let text = '';
	let read = 0;
	for (const [match, child, inner = '', characters = ''] of content.matchAll(CONTENT)) {
		read += match.length;
		if (child) children.push(readElement(child, inner, depth + 1));
		text += decode(characters);
	}
	if (read < content.length) throw refused();
	return { name, text, children };
}

const decode = (text: string): string =>
	text.replace(/&(?:(\w+);|#(\d+|x[\da-fA-F]+);)?/g, (_, name = '', number = '') => {
		const code = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : Number(`0${number}`);
		// Bare ampersands and unknown names come out as 0. Surrogates are no characters.
		if (!code || code > 0x10ffff || code >> 11 === 0x1b) throw refused();
		return String.fromCodePoint(code);
	});

const refused = (): SyntaxError => new SyntaxError('no XML as OSS writes it');

/** Text as it stands in an element. */
export const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text of the first child of this name. */
export const childText = (element: XmlElement, name: string): string | undefined =>
	element.children.find((child) => child.name === name)?.text;
