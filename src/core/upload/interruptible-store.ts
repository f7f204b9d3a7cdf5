import { abortable } from '../../base/abortable.js';
import type { CheckpointStore } from '../ports.js';

/** The store, whose calls reject at the moment of an abort: one that hangs must hold up no end. They are still carried out. */
export function interruptible(store: CheckpointStore, signal: AbortSignal): CheckpointStore {
	return {
		open: () => store.open?.(),
		find: (query) => abortable(signal, store.find(query)),
		load: (id) => abortable(signal, store.load(id)),
		create: (checkpoint) => abortable(signal, store.create(checkpoint)),
		addPart: (id, part, now) => abortable(signal, store.addPart(id, part, now)),
		mark: (id, mark) => abortable(signal, store.mark(id, mark)),
		delete: (id) => abortable(signal, store.delete(id)),
		expired: (now) => abortable(signal, store.expired(now)),
		close: () => store.close(),
	};
}
