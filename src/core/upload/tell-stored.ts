import type { Run } from './run.js';

/** Not of a task that was stopped in this very moment: its record stays, and the next visit finds the object. */
export function tellStored({ signal, emit }: Pick<Run, 'signal' | 'emit'>): void {
	signal.throwIfAborted();
	emit('stored', true);
}
