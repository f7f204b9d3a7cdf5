import type { Candidate } from './candidate.js';
import type { CandidateName } from './task.js';

/** Each is loaded by itself, so that no candidate pays for another. */
export const candidates: Readonly<Record<CandidateName, () => Promise<Candidate>>> = {
	bare: async () => (await import('./candidates/bare.js')).bare,
	crc64: async () => (await import('./candidates/ours.js')).ours('crc64'),
	md5: async () => (await import('./candidates/ours.js')).ours('md5'),
	copy: async () => (await import('./candidates/ours.js')).oursWithCopy,
	none: async () => (await import('./candidates/ours.js')).ours('none'),
	'ali-oss': async () => (await import('./candidates/ali-oss.js')).aliOss,
	uppy: async () => (await import('./candidates/uppy.js')).uppy,
};
