import { node, setText } from '../node.js';
import type { UploadItem } from '../upload-item.js';
import type { StringName } from '../words/strings.js';
import type { Words } from '../words/words.js';
import { evidenceOf, helpOf } from './failure.js';
import { PartGrid } from './part-grid.js';

type Fact = readonly [StringName | 'crc64' | 'etag', string | undefined];

const VERIFIED = { object: 'verifiedObject', parts: 'verifiedParts', none: 'verifiedNone' } as const;

/** What only some want to know of a file: its parts, and what to tell whoever is asked for help. */
export class Details {
	readonly node: HTMLElement;
	readonly #item: UploadItem;
	readonly #schedule: () => void;
	readonly #facts = node('dl', { class: 'facts' });
	#grid: PartGrid | undefined;

	constructor(item: UploadItem, schedule: () => void) {
		this.#item = item;
		this.#schedule = schedule;
		this.node = node('div', { part: 'details', class: 'details' }, this.#facts);
	}

	render(words: Words): void {
		const { parts } = this.#item;
		if (parts !== this.#grid?.parts) {
			this.#grid?.close();
			this.#grid?.node.remove();
			this.#grid = parts && new PartGrid(parts, this.#schedule);
			if (this.#grid) this.node.prepend(this.#grid.node);
		}
		this.#grid?.render(words);
		this.#showFacts(this.#factsOf(words), words);
	}

	close(): void {
		this.#grid?.close();
	}

	/** A line that stays is not made anew: somebody may be selecting its text. */
	#showFacts(facts: readonly Fact[], words: Words): void {
		const shown = facts.filter(([, value]) => value);
		shown.forEach(([name, value = ''], index) => {
			const line =
				this.#facts.children[index] ??
				this.#facts.appendChild(node('div', {}, node('dt'), node('dd', { dir: 'auto' })));
			const [term, text] = line.children;
			if (term) setText(term, AS_IS[name] ?? words.say(name as StringName));
			if (text && name === 'help') showLink(text, value);
			else if (text) setText(text, value);
		});
		for (const line of [...this.#facts.children].slice(shown.length)) line.remove();
	}

	#factsOf(words: Words): readonly Fact[] {
		const { key, result, error, retries, warnings, progress } = this.#item;
		const resumed = result?.resumed ?? progress?.resumed ?? 0;
		return [
			['reason', error === undefined ? undefined : evidenceOf(error)],
			['help', helpOf(error)],
			['objectName', key],
			['verified', result && words.say(VERIFIED[result.verified])],
			['sentBefore', resumed > 0 ? words.size(resumed) : undefined],
			['retries', retries.count > 0 ? words.say('requests', { count: retries.count }) : undefined],
			['crc64', result?.crc64],
			['etag', result?.etag],
			['requestId', result?.requestId],
			['notices', warnings.join('\n')],
		];
	}
}

/** In a tab of its own: this one is uploading. */
function showLink(within: Element, href: string): void {
	if (within.firstElementChild && within.textContent === href) return;
	within.replaceChildren(node('a', { href, target: '_blank', rel: 'noreferrer' }, href));
}

/** Names that are the same in every language. */
const AS_IS: Readonly<Record<string, string>> = { crc64: 'CRC64', etag: 'ETag' };
