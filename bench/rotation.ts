/** One turn of a race. */
export interface Turn<C> {
	/** From 0 up. */
	readonly round: number;
	readonly contender: C;
}

/**
 * All contenders in turn, round after round, each round begun by another: the machine's drift falls on all alike. How
 * many rounds there are is asked before each of them.
 */
export function* inTurn<C>(contenders: readonly C[], rounds: () => number): Generator<Turn<C>> {
	for (let round = 0; round < rounds(); round++) {
		const first = contenders.length === 0 ? 0 : round % contenders.length;
		for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
			yield { round, contender };
		}
	}
}
