import type { ManyCandidateName } from '../task.js';
import type { ManyCandidate } from './candidate.js';

/** Each is loaded by itself, so that no candidate pays for another. */
export const manyCandidates: Readonly<Record<ManyCandidateName, () => Promise<ManyCandidate>>> = {
	'bare-fetch': async () => (await import('./bare.js')).bareFetch,
	'bare-xhr': async () => (await import('./bare.js')).bareXhr,
	'ali-oss': async () => (await import('./ali-oss.js')).aliOss,
	uppy: async () => (await import('./uppy.js')).uppy,
	'fetch-crc64': async () => (await import('./ours.js')).ours('fetch', 'crc64'),
	'fetch-none': async () => (await import('./ours.js')).ours('fetch', 'none'),
	'xhr-crc64': async () => (await import('./ours.js')).ours('xhr', 'crc64'),
	'xhr-none': async () => (await import('./ours.js')).ours('xhr', 'none'),
};
