import { abortable } from '../../base/abortable.js';
import { lazy } from '../../base/lazy.js';
import { Offline } from '../schedule/offline.js';
import { patiently } from '../schedule/patiently.js';
import type { Run } from './run.js';

/** Asks for what may need the network, though not OSS, with the patience that requests have. */
export function withPatience<T>({ world, emit, signal }: Run, ask: () => Promise<T>): Promise<T> {
	const offline = new Offline({ ...world, emit });
	const patient = { ...world, waitOffline: () => offline.wait(signal) };
	return patiently(patient, signal, () => abortable(signal, ask()));
}

/** A file of the library that only some uploads need. */
export const late = <T>(run: Run, load: () => Promise<T>): Promise<T> => withPatience(run, () => lazy(load));
