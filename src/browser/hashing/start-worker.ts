/** From its own file, in the literal form that bundlers look for. */
export const startWorker = (): Worker =>
	new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });

/**
 * Another way, for where the file is not found or lies on another origin, such as a CDN: from its text, by a Blob URL. A
 * Content-Security-Policy may refuse that. Rejects when the text cannot be loaded.
 */
export const loadInlineWorker = async (): Promise<() => Worker> =>
	(await import('./inline-worker.js')).startInlineWorker;
