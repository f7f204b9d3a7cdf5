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
	let onAbort = () => {};
	try {
		return await new Promise<T>((resolve, reject) => {
			onAbort = () => reject(signal.reason);
			signal.addEventListener('abort', onAbort);
			clearUp = begin(resolve, reject);
		});
	} finally {
		signal.removeEventListener('abort', onAbort);
		clearUp();
	}
}
