// In place of start-worker.ts, in the one file that has nothing beside it.
export { startInlineWorker as startWorker } from './inline-worker.js';

/** There is no other way. */
export const loadInlineWorker = async (): Promise<() => Worker> => {
	throw new Error('The hash worker has been started from its text already');
};
