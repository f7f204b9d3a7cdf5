import type { Settings } from './task.js';

/** Uploads the file in its own way. */
export type Candidate = (file: File, settings: Settings) => Promise<void>;
