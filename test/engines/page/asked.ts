import type { TaskState, UploadErrorCode, UploadOptions, UploadResult } from 'oss-resumable-upload';
import type { Sendings, Stubbornness } from './stubborn-transport.js';

/** What a scenario asks of the page, and what it sees: JSON, both. */

/** Of the app's uploader. */
export interface Opening {
	readonly endpoint: string;
	/** Seconds that a token lives; 900 by default. */
	readonly tokenSeconds?: number;
	readonly transport?: 'fetch' | 'xhr' | Stubbornness;
	readonly patienceMs?: number;
	/** JSON of what `upload()` takes. */
	readonly upload?: Pick<
		UploadOptions,
		'partSize' | 'verify' | 'contentType' | 'meta' | 'keepCopy' | 'ifRunning'
	>;
}

/** An upload of each file that is picked, or of bytes that the page makes itself. */
export interface Ask extends Opening {
	readonly key: string;
	/** Before each file's name, instead of `key`. */
	readonly folder?: string;
	/** Of bytes made by the page: how many. */
	readonly bytes?: number;
	/** By a handle, of the origin private file system: these bytes lie there. */
	readonly byHandle?: boolean;
	/** In a worker of the page, which sees no window. */
	readonly inWorker?: boolean;
}

/** What an earlier visit left is resumed, without a file. */
export interface AskAgain extends Opening {
	readonly id: string;
}

/** The picked file, by nothing but `fetch`. */
export interface AskBare {
	readonly url: string;
	readonly partSize: number;
}

export interface Looked {
	/** What was seen before is not shown again: rises with each change of the page's uploads. */
	readonly version: number;
	readonly uploads: readonly Seen[];
	/** Of the library's workers, since the page was loaded. */
	readonly workers: { readonly started: number; readonly messages: number };
	/** Of the stubborn transports. */
	readonly sendings: Sendings;
	/** Whether `abort()` has settled. */
	readonly hasAborted: boolean;
	/** Whether what `beginBare` began has ended well. */
	readonly isBareDone: boolean;
}

export interface Seen {
	readonly state: TaskState;
	/** Bytes, and parts. */
	readonly loaded: number;
	readonly stored: number;
	readonly resumed: number;
	readonly partsDone: number;
	/** Part numbers, in the order in which they went out. */
	readonly sent: readonly number[];
	/** Whether `loaded` has once been other than whole parts. */
	readonly movedInsidePart: boolean;
	readonly retries: number;
	/** How often credentials were asked for. */
	readonly asked: number;
	readonly warnings: readonly { readonly code: string; readonly message: string }[];
	readonly outcome?: Outcome;
}

export type Outcome =
	| { readonly result: UploadResult }
	| { readonly error: { readonly name: string; readonly code?: UploadErrorCode; readonly message: string } };
