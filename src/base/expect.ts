/** Of a text no more is repeated in a message: somebody may have passed a whole file as one. */
const MAX_QUOTED = 80;

/** Throws for a caller's mistake unless `value` keeps the rule; `name` is what the message calls it. */
export type Rule = (name: string, value: unknown) => void;

export type Rules = Readonly<Record<string, Rule>>;

/** What was expected, what came, and, where the first does not say it already, what to do. */
export function expect(
	isMet: unknown,
	name: string,
	expected: string,
	value: unknown,
	nextStep = '',
	Kind: typeof TypeError | typeof RangeError = TypeError,
): void {
	if (isMet) return;
	const way = nextStep && `: ${nextStep}`;
	throw new Kind(`Expected \`${name}\` to be ${expected}, got ${describe(value)}${way}`);
}

/** What a value is, in words for a message: `"text"`, `5`, `null`, `Array`, `FileList`. No more of an object. */
function describe(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_QUOTED));
	return Object(value) === value ? kindOf(value) : String(value);
}

/** `Object`, `Array`, `Headers`, `Promise`: also of a value that another window made. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** For a text its form, for all else a question. */
type Test = RegExp | ((value: unknown) => unknown);

const passes = (test: Test, value: unknown): unknown =>
	typeof test === 'function' ? test(value) : typeof value === 'string' && test.test(value);

/** For what is nobody's secret: the message repeats it. */
export const openRule =
	(expected: string, test: Test, nextStep?: string): Rule =>
	(name, value) =>
		expect(passes(test, value), name, expected, value, nextStep);

/** A text that breaks the rule may be private, and is told as "…". */
export const rule =
	(expected: string, test: Test, nextStep?: string): Rule =>
	(name, value) =>
		expect(passes(test, value), name, expected, typeof value === 'string' ? '…' : value, nextStep);

export const oneOf = (...words: readonly unknown[]): Rule =>
	openRule(`one of ${words.join(', ')}`, (value) => words.includes(value));

export const BOOLEAN: Rule = oneOf(true, false);

export const integer =
	(min: number, max: number, nextStep?: string): Rule =>
	(name, value) => {
		const isNumber = typeof value === 'number';
		const isMet = isNumber && Number.isSafeInteger(value) && value >= min && value <= max;
		const Kind = isNumber ? RangeError : TypeError;
		expect(isMet, name, `an integer from ${min} to ${max}`, value, nextStep, Kind);
	};

/** `unless` is a word that stands for no value of the kind. */
export const unless =
	(word: unknown, otherwise: Rule): Rule =>
	(name, value) => {
		if (value !== word) otherwise(name, value);
	};

export const func = (nextStep: string): Rule =>
	rule('a function', (value) => typeof value === 'function', nextStep);

/** Not instanceof: what another window made is as good. */
export const withMethods = (methods: string, nextStep: string): Rule =>
	rule(
		`an object with ${methods}`,
		(value) => methods.split(', ').every((each) => typeof Object(value)[each] === 'function'),
		nextStep,
	);

/** Half a surrogate pair has no UTF-8: what is stored would not be what was named. */
export const text = (nextStep: string): Rule =>
	rule('a string of whole characters', /^\P{Surrogate}*$/u, nextStep);

export const TEXT: Rule = text('write it as text, or leave it out');

/** A Headers, a Map and an array are objects, too, but none of their entries would be found. */
export const plainObject = (names: string): Rule =>
	rule('an object', (value) => kindOf(value) === 'Object', `write it like { ${names} }`);

/** An object whose names and texts are the caller's own. */
export const texts =
	(ofName: Rule, ofText: Rule = TEXT): Rule =>
	(option, value) => {
		plainObject('name: "value"')(option, value);
		for (const [name, each] of Object.entries(value as object)) {
			ofName(`name in ${option}`, name);
			ofText(`${option}.${name}`, each);
		}
	};

/** An object that is all ours: a name that it does not know is a slip. */
export const shape =
	(rules: Rules): Rule =>
	(option, value) => {
		const names = Object.keys(rules);
		plainObject(names.join(', '))(option, value);
		for (const name of Object.keys(value as object)) oneOf(...names)(`name in ${option}`, name);
		expectEach(rules, value as object, `${option}.`);
	};

/** What is left out keeps its default. */
export function expectEach(rules: Rules, options: object, prefix = ''): void {
	// Thousands of uploads begin in one go, each with few of the options. What has another prototype may inherit some.
	const isPlain = Object.getPrototypeOf(options) === Object.prototype;
	for (const name of Object.keys(isPlain ? options : rules)) {
		const value: unknown = Reflect.get(options, name);
		if (value !== undefined && Object.hasOwn(rules, name)) rules[name]?.(prefix + name, value);
	}
}
