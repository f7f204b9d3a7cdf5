/** An element of a document without attributes and mixed content, which OSS's answers have none of. */
export interface XmlElement {
	readonly name: string;
	/** All its own text, spaces included. */
	readonly text: string;
	readonly children: readonly XmlElement[];
}

interface OpenElement extends XmlElement {
	text: string;
	readonly children: OpenElement[];
}

/** UTF-16 units; a page of 1,000 parts is about 0.3 million. */
const MAX_LENGTH = 4_000_000;
/** OSS needs 3. */
const MAX_DEPTH = 8;

/** What stands between `<` and `>`; a value that holds one of these is refused, since OSS's only attribute is xmlns. */
const OPENING = /^([\w.:-]+)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)$/;
const CLOSING = /^\/([\w.:-]+)\s*$/;

const ENTITIES: Readonly<Record<string, number>> = { lt: 60, gt: 62, amp: 38, quot: 34, apos: 39 };

/**
 * A strict reader for OSS's small answers: workers have no DOMParser, and that one repairs what should be refused. It
 * knows processing instructions, elements and text. A DOCTYPE is none of these, so neither are entities of its own; nor
 * are comments and CDATA, which OSS does not write. Throws a `SyntaxError`, which repeats nothing of the text.
 *
 * It walks forward only, each character looked at once for the end of what it belongs to and once as part of it, so that
 * no text costs more than its length.
 */
export function parseXml(text: string): XmlElement {
	if (text.length > MAX_LENGTH) throw refused();
	const document = opened('');
	const open = [document];
	for (let at = 0; at < text.length; ) at = readNext(text, at, open);
	const [root, second] = document.children;
	if (open.length > 1 || !root || second || document.text.trim()) throw refused();
	return root;
}

const opened = (name: string): OpenElement => ({ name, text: '', children: [] });

/** Reads the text or the tag that begins at `at`. Answers where it ends; `open` are the elements around it. */
function readNext(text: string, at: number, open: OpenElement[]): number {
	const parent = open.at(-1) ?? opened('');
	if (text[at] !== '<') {
		const next = text.indexOf('<', at);
		const end = next < 0 ? text.length : next;
		parent.text += decode(text.slice(at, end));
		return end;
	}
	const isInstruction = text[at + 1] === '?';
	const end = isInstruction ? text.indexOf('?>', at + 2) : text.indexOf('>', at);
	if (end < 0) throw refused();
	if (isInstruction) return end + 2;
	readTag(text.slice(at + 1, end), parent, open);
	return end + 1;
}

function readTag(tag: string, parent: OpenElement, open: OpenElement[]): void {
	const [, closed] = CLOSING.exec(tag) ?? [];
	const [, name, isEmpty] = OPENING.exec(tag) ?? [];
	if (closed !== undefined && closed === parent.name) {
		open.pop();
	} else if (name !== undefined && open.length <= MAX_DEPTH) {
		const element = opened(name);
		parent.children.push(element);
		if (!isEmpty) open.push(element);
	} else {
		throw refused();
	}
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
