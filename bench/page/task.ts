export type CandidateName = 'bare' | 'crc64' | 'md5' | 'none' | 'ali-oss' | 'uppy';

/** How a candidate is to upload; what is left out is the candidate's own default. */
export interface Settings {
	readonly sink: string;
	readonly partSize?: number | undefined;
	readonly parallel?: number | undefined;
}

/** What the page is to do with the file that it is given. */
export type Task =
	/** Uploads it once. */
	| ({ readonly type: 'upload'; readonly candidate: CandidateName } & Settings)
	/** Takes its fingerprint, cold and warm. */
	| { readonly type: 'fingerprint' }
	/** Begins an upload of many parts, and records all of them but the last ten. */
	| ({ readonly type: 'record' } & Settings)
	/** Goes on with that upload as far as its first part. */
	| ({ readonly type: 'resume' } & Settings);

export interface UploadReport {
	readonly ms: number;
	/** Milliseconds, in all and the longest: tasks of the main thread that took more than 50 ms. */
	readonly blockedMs: number;
	readonly longestMs: number;
	/** Bytes of the page's heap at its peak, less what it was before. */
	readonly heap: number;
}

export interface FingerprintReport {
	/** The first of the page: the worker starts, too. */
	readonly coldMs: number;
	readonly warmMs: number;
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
	readonly fingerprint?: FingerprintReport;
	readonly record?: RecordReport;
	readonly resume?: ResumeReport;
}
