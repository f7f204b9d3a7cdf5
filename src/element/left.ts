import type { PendingUpload } from '../index.js';

/** Where it is kept: of all that lasts this alone is written at once, and a page that is left has no time for more. */
const NAME = 'oss-resumable-upload:left';

/** More than these nobody cancels within seconds. */
const KEPT = 100;

/** Milliseconds. Mostly the upload was dropped in time, and is listed by no visit. */
const KEPT_MS = 7 * 86_400_000;

/** When the page was left within the seconds in which they could be brought back, by the mark of the upload. */
function left(): Map<string, number> {
	try {
		return new Map(JSON.parse(localStorage.getItem(NAME) ?? '[]'));
	} catch {
		return new Map();
	}
}

function keep(all: ReadonlyMap<string, number>): void {
	try {
		if (all.size === 0) localStorage.removeItem(NAME);
		else localStorage.setItem(NAME, JSON.stringify([...all].slice(-KEPT)));
	} catch {
		// Where nothing is kept, it is an interrupted upload again.
	}
}

/** Tells uploads apart, and nothing else: an id holds the file's key and its person's scope as they are. */
function markOf(id: string): string {
	let [one, other] = [0, 0];
	for (let at = 0; at < id.length; at++) {
		one = Math.imul(one ^ id.charCodeAt(at), 0x9e3779b1);
		other = Math.imul(other ^ id.charCodeAt(at), 0x5f356495);
	}
	return `${one} ${other}`;
}

/** What was to be dropped some seconds later is dropped on the next visit. */
export const noteLeft = (id: string): void => keep(left().set(markOf(id), Date.now()));

/** Once: the ids of those that were to be dropped, and that nobody has gone on with since. */
export function takeLeft(listed: readonly Pick<PendingUpload, 'id' | 'updatedAt'>[]): ReadonlySet<string> {
	const all = left();
	const before = all.size;
	const taken = new Set<string>();
	// Hundreds may be listed, and seldom is one noted.
	for (const { id, updatedAt } of before > 0 ? listed : []) {
		const mark = markOf(id);
		if (updatedAt <= (all.get(mark) ?? Number.NaN)) taken.add(id);
		all.delete(mark);
	}
	for (const [mark, leftAt] of all) if (!(Date.now() - leftAt < KEPT_MS)) all.delete(mark);
	if (all.size < before) keep(all);
	return taken;
}
