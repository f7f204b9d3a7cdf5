import { abortable } from '../base/abortable.js';

/**
 * What `begin` resolves with, or a rejection with `signal.reason` at the moment of an abort. `begin` gives what clears
 * up after it, which is called once, whatever the end.
 */
export async function wait<T>(
	signal: AbortSignal,
	begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
	signal.throwIfAborted();
	let clearUp = () => {};
	try {
		return await abortable(
			signal,
			new Promise<T>((resolve, reject) => {
				clearUp = begin(resolve, reject);
			}),
		);
	} finally {
		clearUp();
	}
}
