/** Bytes of the file that do not come, where the browser has no error of its own for it. */
export class ReadFailure extends Error {}

/** Whether the file could not be read. Anything else is the hashing's own: no memory, WebAssembly that trapped. */
export const isReadFailure = (error: unknown): boolean =>
	error instanceof DOMException || error instanceof ReadFailure;
