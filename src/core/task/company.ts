import { CallbackError } from '../../base/errors.js';
import type { Clock, TabChannel } from '../ports.js';
import type { Target } from '../upload/claim.js';
import type { UploadResult } from '../upload/run.js';
import type { CoreEvents, Progress } from './events.js';
import { type Ending, termsOf } from './hints.js';
import { Leading } from './leading.js';
import type { TaskState } from './state.js';

/** How far a task is, for itself and for others. */
export interface Standing {
	readonly state: TaskState;
	readonly progress: Progress;
	/** Why it ended. */
	readonly error: unknown;
	/** Once it is done. */
	readonly result: UploadResult | undefined;
}

export interface CompanyOptions {
	readonly channel: TabChannel;
	readonly clock: Pick<Clock, 'monotonic'>;
	/** The task's. */
	readonly id: string;
	readonly look: () => Standing;
}

/** Other tasks that a task shares its upload with: the one that it waits for, or those that wait for it. */
export class Company {
	/** Another task runs the upload, and what this one does meanwhile. */
	aside: CoreEvents['aside'] | undefined;
	readonly #options: CompanyOptions;
	#leading: Leading | undefined;

	constructor(options: CompanyOptions) {
		this.#options = options;
	}

	/** The upload goes on without this task, as far as can be told: the others may be ending in this very turn. */
	get goesOn(): boolean {
		return this.aside !== undefined || this.#leading?.isFollowed === true;
	}

	/** The upload is this task's: from now on those are told who follow it. */
	lead({ id, settings }: Pick<Target, 'id' | 'settings'>): void {
		const { channel, clock, id: from, look } = this.#options;
		this.#leading ??= new Leading({ channel, clock, id, from, terms: termsOf(settings.headers), look });
	}

	/** Something is to be seen. */
	tell(): void {
		this.#leading?.tell();
	}

	/** Before the upload is let go of. */
	end(): void {
		this.#leading?.end(endingOf(this.#options.look()));
	}
}

function endingOf({ state, error, result }: Standing): Ending {
	if (result) return { how: 'done', result };
	if (state === 'aborted') return { how: 'aborted' };
	return error instanceof CallbackError ? storedWithout(error) : { how: 'stopped' };
}

/** In words, since no message carries an error with its properties. */
function storedWithout({ result, cause }: CallbackError<UploadResult>): Ending {
	const { message, status = 0, ossCode, ec, requestId } = cause;
	return { how: 'done', result, callback: { message, status, ossCode, ec, requestId } };
}
