import type { Settings } from '../task.js';

/** Uploads all the files in its own way, each as one object, `parallel` at once. */
export type ManyCandidate = (files: readonly File[], settings: Settings) => Promise<void>;
