/**
 * RFC 3986 percent-encoding as Alibaba Cloud's signatures want it: `!'()*`, which `encodeURIComponent` leaves alone,
 * are encoded too.
 */
export const percentEncode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Encoded, in the order that signatures want: by name, not by `name=value`, where `a-b=` would come before `a=`. */
export const encodedPairs = (
	parameters: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] =>
	Object.entries(parameters)
		.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
		.sort(byName);

/** By bytes, as long as names are ASCII. */
export const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
	a < b ? -1 : a > b ? 1 : 0;
