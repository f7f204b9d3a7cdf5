import { lazy } from './base/lazy.js';
import type { Device } from './browser/device/device.js';
import type { Activity } from './core/task/totals.js';

export interface DeviceUseOptions {
	readonly keepAwake?: boolean | undefined;
	readonly warnOnLeave?: boolean | undefined;
	readonly persistStorage?: boolean | undefined;
}

const load = () => lazy(() => import('./browser/device/device.js'));

/** What an uploader has the machine do beside its uploads: loaded when there is something to do, by those who ask for it. */
export class DeviceUse {
	readonly #options: DeviceUseOptions;
	readonly #loses: () => boolean;
	#device: Promise<Device> | undefined;
	#activity: Activity = { isSending: false, isBusy: false };

	/** `loses`: whether leaving the page would lose something now. */
	constructor(options: DeviceUseOptions, loses: () => boolean) {
		this.#options = options;
		this.#loses = loses;
	}

	heed(activity: Activity): void {
		const { keepAwake = false, warnOnLeave = false } = this.#options;
		if (!keepAwake && !warnOnLeave) return;
		this.#activity = activity;
		const loses = this.#loses;
		this.#device ??= load().then((loaded) => new loaded.Device({ keepAwake, warnOnLeave, loses }));
		this.#device.then(
			(device) => device.heed(this.#activity),
			// An upload does not fail for this; the next one loads it again.
			() => {
				this.#device = undefined;
			},
		);
	}

	/** There is something that the browser should not throw away. */
	keep(): void {
		if (!this.#options.persistStorage) return;
		load().then(
			({ persistStorage }) => persistStorage(),
			() => {},
		);
	}
}
