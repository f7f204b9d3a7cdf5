import type { ServiceErrorDetails } from '../../base/errors.js';
import type { UploadResult } from '../upload/run.js';
import type { Progress } from './events.js';
import type { TaskState } from './state.js';

/*
 * What tasks of one upload say to each other, in this page and across tabs. A message may be lost, come late, twice, or from
 * another version of the library: what is true is in the lock, in the row and at OSS.
 */

/**
 * How an upload ended for all who ran or followed it. `stopped`: it did not, and somebody else may go on; so it is also where
 * one failed, which may be for its own file or its own credentials.
 */
export type Ending =
	| { readonly how: 'done'; readonly result: UploadResult; readonly callback?: CallbackFailure | undefined }
	| { readonly how: 'aborted' }
	| { readonly how: 'stopped' };

/** The object is stored; OSS's call to the callback server failed. */
export interface CallbackFailure
	extends Pick<ServiceErrorDetails, 'status' | 'ossCode' | 'ec' | 'requestId'> {
	readonly message: string;
}

/** Whoever runs an upload says so when it is asked, and then when something changes. */
export interface StateHint {
	readonly type: 'state';
	/** The checkpoint's. */
	readonly id: string;
	/** The task that speaks. */
	readonly from: string;
	/** What it says to OSS of the object: `termsOf`. */
	readonly terms: string;
	readonly state: TaskState;
	readonly progress: Progress;
	/** The one that is answered. */
	readonly question?: unknown;
}

/** It has ended, and the upload's lock is let go in a moment. */
export interface EndHint {
	readonly type: 'end';
	readonly id: string;
	readonly from: string;
	readonly ending: Ending;
}

/** Whoever follows the upload wants to hear of it. */
export interface AskHint {
	readonly type: 'ask';
	readonly id: string;
	/** Said again in the answer: what is heard without it may be a late word of one that has ended. */
	readonly question: number;
}

/** It was dropped, whoever ran it last, or nobody: it is unfinished no more. */
export interface GoneHint {
	readonly type: 'gone';
	readonly id: string;
}

export type Hint = StateHint | EndHint | AskHint | GoneHint;

/** Equal strings: the same is said to OSS at Initiate and at Complete. */
export const termsOf = (headers: Readonly<Record<string, string>>): string =>
	JSON.stringify(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The message, where it is about this upload. What else is in it is not known. */
export function hintIn(message: unknown, id: string): { readonly [name: string]: unknown } | undefined {
	const hint = Object(message);
	return hint.id === id ? hint : undefined;
}
