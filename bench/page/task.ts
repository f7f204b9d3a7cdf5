export type CandidateName = 'bare' | 'crc64' | 'copy' | 'md5' | 'none' | 'ali-oss' | 'uppy';

/** How many files at once are uploaded: by whom, over which transport, with which `verify`. */
export type ManyCandidateName =
	| 'bare-fetch'
	| 'bare-xhr'
	| 'ali-oss'
	| 'uppy'
	| 'fetch-crc64'
	| 'fetch-none'
	| 'xhr-crc64'
	| 'xhr-none';

/** Files that lie at their keys already: asked for by HEAD only, compared by hand, or handed over to us. */
export type SkipSameWay = 'heads' | 'bare' | 'ours';

export type TransportName = 'fetch' | 'xhr';

/** How a candidate is to upload; what is left out is the candidate's own default. */
export interface Settings {
	readonly sink: string;
	readonly partSize?: number | undefined;
	readonly parallel?: number | undefined;
}

/** What the page is to do with the file that it is given, or with the files. */
export type Task =
	/** Uploads it once. */
	| ({ readonly type: 'upload'; readonly candidate: CandidateName } & Settings)
	/** Uploads all files that it is given, each as one object. */
	| ({ readonly type: 'upload-many'; readonly candidate: ManyCandidateName } & Settings)
	/** Uploads it until the first progress is told. */
	| ({ readonly type: 'first-progress'; readonly transport: TransportName } & Settings)
	/**
	 * Uploads the first file; when each slot has stored a part, and this share of a part's time has passed, the second
	 * file is put: by the same uploader, or by a bare `fetch`.
	 */
	| ({ readonly type: 'fair-queue'; readonly by: 'ours' | 'bare'; readonly share: number } & Settings)
	/** Goes through files that lie at their keys already. */
	| ({ readonly type: 'skip-same'; readonly by: SkipSameWay } & Settings)
	/** Hands so many small Blobs, slices of the file, to one uploader that may not begin yet; then lets it. */
	| ({ readonly type: 'wait-in-line'; readonly tasks: number } & Settings)
	/** Takes its fingerprint, cold and warm. */
	| { readonly type: 'fingerprint' }
	/** Begins an upload of many parts, and records all of them but the last ten. */
	| ({ readonly type: 'record' } & Settings)
	/** Goes on with that upload as far as its first part. */
	| ({ readonly type: 'resume' } & Settings);

export interface UploadReport {
	readonly ms: number;
	/** Milliseconds, in all and the longest, and how many: tasks of the main thread that took more than 50 ms. */
	readonly blockedMs: number;
	readonly longestMs: number;
	readonly longTasks: number;
	/** Bytes of the page's heap at its peak, less what it was before. */
	readonly heap: number;
}

export interface FirstProgressReport {
	/** Milliseconds from `upload()` to the first progress. */
	readonly ms: number;
	/** Bytes that it told of. */
	readonly loaded: number;
}

export interface FairQueueReport {
	/** Milliseconds that the small file took. */
	readonly ms: number;
	/** Milliseconds from its start until a part of the large file was stored. */
	readonly restMs: number;
}

/** How often something changed. */
export interface Changes {
	readonly perSecond: number;
	/** In any one second. */
	readonly most: number;
}

export interface WaitInLineReport {
	/** Milliseconds from the moment at which the tasks may begin to the end of the last. */
	readonly ms: number;
	/** Bytes of heap of all tasks together while they wait. */
	readonly heap: number;
	/** Milliseconds that the calls of `upload()` took together. */
	readonly callsMs: number;
	/** Milliseconds, and how many: tasks of the main thread over 50 ms, from the first call to the last end. */
	readonly longestMs: number;
	readonly longTasks: number;
	/** Of the uploader's snapshot, while the tasks run. */
	readonly changes: Changes;
}

export interface SkipSameReport {
	/** Milliseconds for all files. */
	readonly ms: number;
}

export interface FingerprintReport {
	/** The first of the page: the worker starts, too. */
	readonly coldMs: number;
	readonly warmMs: number;
	/** Until a worker that does nothing else has answered: what the browser takes of `coldMs`. */
	readonly workerMs: number;
	/** Bytes. */
	readonly read: number;
}

export interface RecordReport {
	/** Milliseconds of each write near part 100, and near the last part but 100. */
	readonly early: readonly number[];
	readonly late: readonly number[];
}

export interface ResumeReport {
	/** When `upload()` was called, milliseconds since 1970. */
	readonly calledAt: number;
}

export interface Report {
	readonly error?: string;
	readonly upload?: UploadReport;
	readonly firstProgress?: FirstProgressReport;
	readonly fairQueue?: FairQueueReport;
	readonly waitInLine?: WaitInLineReport;
	readonly skipSame?: SkipSameReport;
	readonly fingerprint?: FingerprintReport;
	readonly record?: RecordReport;
	readonly resume?: ResumeReport;
}
