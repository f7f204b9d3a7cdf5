/** Of a text no more is repeated in a message: somebody may have passed a whole file as one. */
const MAX_QUOTED = 80;

/**
 * Throws for a caller's mistake: what was expected, what came, and, where the first does not say it already, what to do.
 * What an object holds is not repeated.
 */
export function expect(
	isMet: unknown,
	name: string,
	expected: string,
	value: unknown,
	nextStep = '',
	Kind: typeof TypeError | typeof RangeError = TypeError,
): void {
	if (isMet) return;
	const message = `Expected \`${name}\` to be ${expected}, got ${describe(value)}`;
	throw new Kind(nextStep ? `${message}: ${nextStep}` : message);
}

/** What a value is, in words for a message: `"text"`, `5`, `null`, `an array`, `a FileList`. */
export function describe(value: unknown): string {
	if (typeof value === 'string') {
		const quoted = JSON.stringify(value.slice(0, MAX_QUOTED));
		return value.length > MAX_QUOTED ? `${quoted} and more` : quoted;
	}
	if (typeof value === 'function') return 'a function';
	if (typeof value !== 'object' || value === null) return String(value);
	const kind = kindOf(value);
	if (kind === 'Object' || kind === 'Array') return `an ${kind.toLowerCase()}`;
	return /^([AEIO]|HTML)/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The same for what may be private: no text is repeated. */
export const describePrivate = (value: unknown): string =>
	typeof value === 'string' ? 'a string' : describe(value);

/** `Object`, `Array`, `Headers`, `Promise`: also of a value that another window made. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export function expectInteger(
	name: string,
	value: unknown,
	min: number,
	max: number = Number.MAX_SAFE_INTEGER,
	or = '',
	nextStep = '',
): void {
	const expected = `${or}an integer from ${min} to ${max}`;
	expect(typeof value === 'number', name, expected, value, nextStep);
	const isWithin = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
	expect(isWithin, name, expected, value, nextStep, RangeError);
}

/** An option that is left out keeps its default, here and below. */
export function expectOneOf(name: string, value: unknown, ...words: readonly unknown[]): void {
	expect(value === undefined || words.includes(value), name, `one of ${words.join(', ')}`, value);
}

export function expectBoolean(name: string, value: unknown, nextStep = ''): void {
	expect(value === undefined || typeof value === 'boolean', name, 'true or false', value, nextStep);
}

export function expectFunction(name: string, value: unknown, nextStep = ''): void {
	expect(value === undefined || typeof value === 'function', name, 'a function', value, nextStep);
}

/** Half a surrogate pair has no UTF-8: what is stored would not be what was named. */
export const isText = (value: unknown): value is string =>
	typeof value === 'string' && !/\p{Surrogate}/u.test(value);

export function expectText(name: string, value: unknown, nextStep = ''): void {
	expect(isText(value), name, 'a string of whole characters', value, nextStep);
}

/** A URL of another window is as good. */
export function expectUrl(name: string, value: unknown, nextStep: string): void {
	const text = typeof value === 'object' && value !== null ? Reflect.get(value, 'href') : value;
	expect(typeof text === 'string' && text !== '', name, 'a URL or a string', value, nextStep);
}

/** As `expectText`, of what may be private: no text is repeated. */
export function expectPrivateText(name: string, value: unknown, nextStep: string): asserts value is string {
	if (isText(value)) return;
	const got = typeof value === 'string' ? 'half of a character' : describe(value);
	throw new TypeError(`Expected \`${name}\` to be a string of whole characters, got ${got}: ${nextStep}`);
}

/**
 * A Headers, a Map and an array are objects, too, but none of their entries would be found. A text is not repeated: it
 * may hold what the object should.
 */
export function expectObject(name: string, value: unknown, expected: string, nextStep: string): void {
	if (kindOf(value) === 'Object') return;
	throw new TypeError(`Expected \`${name}\` to be ${expected}, got ${describePrivate(value)}: ${nextStep}`);
}

/** The entries of an option that holds names and private texts. */
export function expectTexts(name: string, texts: unknown = {}): (readonly [string, string])[] {
	expectObject(name, texts, 'an object of strings', 'write it like { name: "value" }');
	return Object.entries(texts as Readonly<Record<string, unknown>>).map(([key, value]) => {
		expectPrivateText(`${name}.${key}`, value, 'write it as text, or leave it out');
		return [key, value];
	});
}

/** For an object that is all ours: a name that it does not know is a slip. */
export function expectNames(name: string, value: object, ...known: readonly string[]): void {
	const unknown = Object.keys(value).find((each) => !known.includes(each));
	if (unknown === undefined) return;
	throw new TypeError(`\`${name}\` has no ${describe(unknown)}: it takes ${known.join(', ')}`);
}
