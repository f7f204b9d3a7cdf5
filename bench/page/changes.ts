import { mostWithin } from '../statistics.js';
import type { Changes } from './task.js';

const SECOND_MS = 1000;

/** What says of itself as a whole how it is: the same value until something changes. */
interface Watchable {
	snapshot(): unknown;
	subscribe(listener: () => void): () => void;
}

/** Counts the changes until the function that it returns is called, with the milliseconds that have passed. */
export function watchChanges(value: Watchable): (ms: number) => Changes {
	const moments: number[] = [];
	let last = value.snapshot();
	const unsubscribe = value.subscribe(() => {
		const now = value.snapshot();
		if (now === last) return;
		last = now;
		moments.push(performance.now());
	});
	return (ms) => {
		unsubscribe();
		return {
			perSecond: moments.length / (ms / SECOND_MS),
			most: mostWithin(moments, SECOND_MS),
		};
	};
}
