/** An element of a document without attributes and mixed content, which OSS's answers have none of. */
export interface XmlElement {
	readonly name: string;
	/** All its own text, spaces included. */
	readonly text: string;
	readonly children: readonly XmlElement[];
}

interface Open {
	name: string;
	text: string;
	children: XmlElement[];
}

/** UTF-16 units; a page of 1,000 parts is about 0.3 million. */
const MAX_LENGTH = 4_000_000;
/** The document itself counted; OSS needs 4. */
const MAX_DEPTH = 8;

/**
 * What a document consists of, one token a match. A DOCTYPE is none, so neither are entities of its own; nor are
 * comments and CDATA, which OSS does not write.
 */
const TOKEN =
	/<\?[\s\S]*?\?>|<\/([\w.:-]+)\s*>|<([\w.:-]+)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>|([^<]+)/gy;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * A strict reader for OSS's small answers: workers have no DOMParser, and that one repairs what should be refused.
 * Throws a `SyntaxError`, which repeats nothing of the text.
 */
export function parseXml(text: string): XmlElement {
	expect(text.length <= MAX_LENGTH, MAX_LENGTH);
	const document: Open = { name: '', text: '', children: [] };
	const open = [document];
	let at = 0;
	for (const [match, closing, opening, selfClosing, characters] of text.matchAll(TOKEN)) {
		const element = open.at(-1) ?? document;
		at += match.length;
		if (closing) {
			expect(element !== document && element.name === closing, at);
			open.pop();
		} else if (opening) {
			const child = { name: opening, text: '', children: [] };
			element.children.push(child);
			if (!selfClosing) open.push(child);
			expect(open.length <= MAX_DEPTH, at);
		} else {
			element.text += decode(characters, at);
		}
	}
	const [root, second] = document.children;
	expect(at === text.length && open.length === 1 && !document.text.trim(), at);
	if (!root || second) throw refused(at);
	return root;
}

const decode = (text = '', at = 0): string =>
	text.replace(/&(?:(\w+);|#(\d+);|#x([\da-fA-F]+);)?/g, (_, name = '', decimal = '', hex = '') => {
		if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? '';
		const code = Number(hex ? `0x${hex}` : decimal);
		// Bare ampersands and unknown names come out as 0. Surrogates are no characters.
		if (!code || code > 0x10ffff || code >> 11 === 0x1b) throw refused(at);
		return String.fromCodePoint(code);
	});

const refused = (at: number): SyntaxError => new SyntaxError(`no XML as OSS writes it, near ${at}`);

function expect(condition: boolean, at: number): void {
	if (!condition) throw refused(at);
}

/** Text as it stands in an element. */
export const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text of the first child of this name. */
export const childText = (element: XmlElement, name: string): string | undefined =>
	element.children.find((child) => child.name === name)?.text;
