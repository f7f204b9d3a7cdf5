import { abortable } from '../../base/abortable.js';
import { Offline } from '../schedule/offline.js';
import { type PatientWorld, patiently } from '../schedule/patiently.js';
import type { Run, World } from './run.js';

type Patient = Pick<Run, 'world' | 'emit' | 'signal'>;

/** What waits for the network, and asks nothing of OSS, needs of a run. */
export function patientWorld({ world, emit, signal }: Patient): World & PatientWorld {
	const offline = new Offline({ ...world, emit });
	return { ...world, waitOffline: () => offline.wait(signal) };
}

/** Asks for what may need the network, though not OSS, with the patience that requests have. */
export const withPatience = <T>(run: Patient, ask: () => Promise<T>): Promise<T> =>
	patiently(patientWorld(run), run.signal, () => abortable(run.signal, ask()));

/** A file of the library that only some uploads need, by what `lazy` made. */
export const late = <T>(run: Patient, load: () => Promise<T>): Promise<T> => withPatience(run, load);
