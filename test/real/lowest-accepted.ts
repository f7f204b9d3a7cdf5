/**
 * The lowest whole number from 1 up that is accepted, by halves: whatever is above one that is accepted is taken to be
 * accepted too.
 *
 * @param accepted that is known to be
 */
export async function lowestAccepted(
	accepted: number,
	accepts: (value: number) => Promise<boolean>,
): Promise<number> {
	let refused = 0;
	let lowest = accepted;
	while (lowest - refused > 1) {
		const middle = Math.floor((lowest + refused) / 2);
		if (await accepts(middle)) lowest = middle;
		else refused = middle;
	}
	return lowest;
}
