/** Works on all items in order, on `count` of them at once. */
export async function inLanes<T>(
	items: readonly T[],
	count: number,
	work: (item: T, at: number) => Promise<void>,
): Promise<void> {
	const rest = items.entries();
	const lane = async () => {
		for (const [at, item] of rest) await work(item, at);
	};
	await Promise.all(Array.from({ length: count }, lane));
}
