/** Where it is kept: of all that lasts this alone is written at once, and a page that is left has no time for more. */
const NAME = 'oss-resumable-upload:left';

/** More than these nobody cancels within seconds; of some no visit tells that they are gone. */
const KEPT = 100;

/** When the page was left within the seconds in which they could be brought back, by id of the upload. */
type Left = Readonly<Record<string, number>>;

function left(): Left {
	try {
		return Object(JSON.parse(localStorage.getItem(NAME) ?? '{}'));
	} catch {
		return {};
	}
}

function keep(all: Left): void {
	try {
		localStorage.setItem(NAME, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-KEPT))));
	} catch {
		// Where nothing is kept, it is an interrupted upload again.
	}
}

/** What was to be dropped some seconds later is dropped on the next visit. */
export const noteLeft = (id: string): void => keep({ ...left(), [id]: Date.now() });

/** Once: whether it was to be dropped, and nobody has gone on with it since. `updatedAt` as of a `PendingUpload`. */
export function wasLeft(id: string, updatedAt: number): boolean {
	const { [id]: leftAt, ...others } = left();
	if (leftAt === undefined) return false;
	keep(others);
	return updatedAt <= leftAt;
}
