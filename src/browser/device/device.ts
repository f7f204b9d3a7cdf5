import { warnOnLeave } from './leave-warning.js';
import { persistStorage } from './persist.js';
import { keepAwake } from './wake-lock.js';

export interface DeviceOptions {
	/** Keeps the screen on while something is sent. */
	readonly keepAwake: boolean;
	/** Has the browser ask before the page is left, while that would lose something. */
	readonly warnOnLeave: boolean;
	readonly persistStorage: boolean;
	/** Whether leaving would lose something now. */
	readonly loses: () => boolean;
}

/** What an uploader has the machine do beside its uploads. */
export class Device {
	readonly #options: DeviceOptions;
	#sleep: (() => void) | undefined;
	#leave: (() => void) | undefined;

	constructor(options: DeviceOptions) {
		this.#options = options;
	}

	/** `isSending`: some task is at work. `isBusy`: some task has not ended. */
	heed({ isSending, isBusy }: { readonly isSending: boolean; readonly isBusy: boolean }): void {
		const { keepAwake: wakes, warnOnLeave: warns, loses } = this.#options;
		if (wakes && isSending) this.#sleep ??= keepAwake();
		else this.#sleep = this.#sleep?.() as undefined;
		if (warns && isBusy) this.#leave ??= warnOnLeave(loses);
		else this.#leave = this.#leave?.() as undefined;
	}

	/** There is something that the browser should not throw away. */
	keep(): void {
		if (this.#options.persistStorage) persistStorage();
	}
}
