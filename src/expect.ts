/** Throws for a caller's mistake, naming what was expected and what was received; what an object holds is not repeated. */
export function expect(
	isMet: unknown,
	name: string,
	expected: string,
	value: unknown,
	Kind: typeof TypeError | typeof RangeError = TypeError,
): void {
	if (isMet) return;
	const got =
		typeof value === 'string'
			? JSON.stringify(value)
			: typeof value === 'object'
				? 'an object'
				: String(value);
	throw new Kind(`Expected \`${name}\` to be ${expected}, got ${got}`);
}

export function expectInteger(
	name: string,
	value: unknown,
	min: number,
	max: number = Number.MAX_SAFE_INTEGER,
	or = '',
): void {
	const expected = `${or}an integer from ${min} to ${max}`;
	expect(typeof value === 'number', name, expected, value);
	const isWithin = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
	expect(isWithin, name, expected, value, RangeError);
}

/** An option that is left out keeps its default. */
export function expectOneOf(name: string, value: unknown, ...words: readonly unknown[]): void {
	expect(value === undefined || words.includes(value), name, `one of ${words.join(', ')}`, value);
}
