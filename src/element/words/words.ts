import { english } from './english.js';
import type { Phrase, StringName, Strings } from './strings.js';

/** What is filled into a phrase; `count` also chooses its plural. */
export type Values = Readonly<Record<string, string | number>>;

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

const AGES = [
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000],
] as const;

/** Sentences, each in its own language, and how numbers are written. */
export class Words {
	/** Of what stands alone, as a size. */
	readonly lang: string;
	/** English in a page of another language, but for some words of the app's. */
	readonly isFallback: boolean;
	readonly #strings: Strings;
	readonly #own: Partial<Strings> | undefined;
	/** Of `strings`, and of `own`. */
	readonly #langs: readonly [string, string];
	readonly #made = new Map<string, unknown>();

	/**
	 * `own`: in place of the language's, in the language of the page. A language tag that the browser does not know is written
	 * as English is.
	 */
	constructor(lang: string, strings: Strings, own?: Partial<Strings>) {
		const known = knownTag(lang);
		const isForeign = strings === english && !/^en\b/i.test(lang);
		this.isFallback = isForeign && !isMostOf(own);
		this.lang = this.isFallback ? 'en' : known;
		this.#strings = strings;
		this.#own = own;
		this.#langs = [isForeign ? 'en' : known, known];
	}

	readonly say = (name: StringName, values: Values = {}): string => {
		const own = this.#own?.[name];
		const lang = this.#langs[own == null ? 0 : 1];
		// An app without types may leave one out, or name it without a value.
		const phrase: Phrase = own ?? this.#strings[name] ?? english[name];
		const { count = 0 } = values;
		const text =
			typeof phrase === 'string'
				? phrase
				: (phrase[this.#plurals(lang).select(Number(count))] ?? phrase.other ?? '');
		return text.replace(/\{(\w+)\}/g, (hole, key: string) => {
			const value = values[key];
			return typeof value === 'number' ? this.#format({}, lang).format(value) : (value ?? hole);
		});
	};

	number(value: number): string {
		return this.#format({}).format(value);
	}

	/** Rounded down, so that 100 % is said of nothing unfinished. */
	percent(loaded: number, total: number): string {
		return this.#format({ style: 'percent' }).format(percentOf(loaded, total) / 100);
	}

	/** `64.0 MB`, of 1,024 KB each: one decimal from kilobytes on, so that a growing number does not change its width. */
	size(bytes: number): string {
		let value = bytes;
		let unit = 0;
		// Four digits are one too many beside a decimal.
		while (value >= (unit === 0 ? 1024 : 999.95) && unit < UNITS.length - 1) {
			value /= 1024;
			unit++;
		}
		const digits = unit === 0 ? 0 : 1;
		return this.#format({
			style: 'unit',
			unit: UNITS[unit] ?? 'byte',
			unitDisplay: unit === 0 ? 'long' : 'short',
			minimumFractionDigits: digits,
			maximumFractionDigits: digits,
		}).format(value);
	}

	/** `8 sec`, `3 min 20 sec`, `2 hr 5 min`. */
	duration(ms: number): string {
		const seconds = Math.ceil(ms / 1000);
		const minutes = Math.floor(seconds / 60);
		if (minutes === 0) return this.#unit('second', seconds);
		if (minutes < 60) return `${this.#unit('minute', minutes)} ${this.#unit('second', seconds % 60)}`;
		return `${this.#unit('hour', Math.floor(minutes / 60))} ${this.#unit('minute', minutes % 60)}`;
	}

	/** `3 hours ago`, `yesterday`; `now` within the last minute. */
	ago(ms: number): string {
		const [unit, length] =
			AGES.find(([, least]) => ms >= least) ?? (['second', Number.POSITIVE_INFINITY] as const);
		return new Intl.RelativeTimeFormat(this.lang, { numeric: 'auto' }).format(-Math.floor(ms / length), unit);
	}

	#unit(unit: string, value: number): string {
		return this.#format({ style: 'unit', unit, unitDisplay: 'short' }).format(value);
	}

	#format(options: Intl.NumberFormatOptions, lang: string = this.lang): Intl.NumberFormat {
		return this.#once(lang + JSON.stringify(options), () => new Intl.NumberFormat(lang, options));
	}

	#plurals(lang: string): Intl.PluralRules {
		return this.#once(lang, () => new Intl.PluralRules(lang));
	}

	/** Making one costs more than writing a hundred numbers with it. */
	#once<T>(name: string, make: () => T): T {
		const found = (this.#made.get(name) as T | undefined) ?? make();
		this.#made.set(name, found);
		return found;
	}
}

/** As words are named after what they are about: `stateDone`. */
export const capital = <Name extends string>(name: Name): Capitalize<Name> =>
	`${name.slice(0, 1).toUpperCase()}${name.slice(1)}` as Capitalize<Name>;

/** A whole number from 0 to 100; of an empty file 0. */
export const percentOf = (loaded: number, total: number): number =>
	total === 0 ? 0 : Math.floor((loaded / total) * 100);

/** Whether more of the words are the app's: a library of later may have some more. */
function isMostOf(own: Partial<Strings> | undefined): boolean {
	const names = Object.keys(english) as StringName[];
	return names.filter((name) => own?.[name] != null).length * 2 > names.length;
}

function knownTag(lang: string): string {
	try {
		return Intl.NumberFormat.supportedLocalesOf(lang)[0] ?? 'en';
	} catch {
		return 'en';
	}
}
