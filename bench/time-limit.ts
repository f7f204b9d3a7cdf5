/** Of one upload, or whatever else a page does at once. */
export const LIMIT_MS = 10 * 60_000;

/** Fails when `work` takes too long: a page that never reports costs its table, not the bench. */
export async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`Not within ${LIMIT_MS / 60_000} minutes: ${what}`)), LIMIT_MS);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}
