import { lazy } from './base/lazy.js';
import type { Activity } from './core/task/totals.js';

const loadDeviceModule = lazy(() => import('./browser/device/device.js'));

export interface DeviceUseOptions {
	readonly keepAwake?: boolean | undefined;
	readonly warnOnLeave?: boolean | undefined;
	readonly persistStorage?: boolean | undefined;
}

export interface DeviceUse {
	readonly heed: (activity: Activity) => void;
	/** There is something that the browser should not throw away. */
	readonly keep: () => void;
}

/**
 * What an uploader has the machine do beside its uploads, where it is asked to: loaded when there is something to do. `loses`:
 * whether leaving the page would lose something now.
 */
export function deviceUse(options: DeviceUseOptions, loses: () => boolean): DeviceUse | undefined {
	const { keepAwake = false, warnOnLeave = false, persistStorage = false } = options;
	if (!keepAwake && !warnOnLeave && !persistStorage) return undefined;
	const loadDevice = async () => {
		const { Device } = await loadDeviceModule();
		return new Device({ keepAwake, warnOnLeave, persistStorage, loses });
	};
	let device: ReturnType<typeof loadDevice> | undefined;
	let latest: Activity;
	// An upload does not fail for this; the next call loads it again.
	const onFailure = () => {
		device = undefined;
	};
	return {
		heed(activity) {
			latest = activity;
			device ??= loadDevice();
			device.then((loaded) => loaded.heed(latest), onFailure);
		},
		keep() {
			device ??= loadDevice();
			device.then((loaded) => loaded.keep(), onFailure);
		},
	};
}
