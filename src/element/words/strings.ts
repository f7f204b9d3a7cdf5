import type { english } from './english.js';

/** A sentence, or one for each plural of the language. */
export type Phrase = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string });

export type StringName = keyof typeof english;

/** All that the elements say; parts of it may be given as their property `strings`. */
export type Strings = Readonly<Record<StringName, Phrase>>;
