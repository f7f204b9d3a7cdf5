import type { Emulator } from '../../emulator/index.js';
import { BadRequest } from './bad-request.js';

/** Bytes per second and connection. */
const SLOW = 256 * 1024;

/** Makes the emulator misbehave the way networks and OSS do; `clear` ends it all. */
export function changeWeather(emulator: Emulator, { kind, bytesPerSecond }: Record<string, unknown>): void {
	const operation = 'UploadPart';
	if (kind === 'fail') {
		emulator.addFault({
			operation,
			times: 3,
			action: { type: 'status', status: 503, code: 'ServiceUnavailable' },
		});
	} else if (kind === 'cut') {
		emulator.addFault({ operation, times: 3, action: { type: 'cut', afterBytes: 64 * 1024 } });
	} else if (kind === 'expire') {
		emulator.expireTokens();
	} else if (kind === 'slow') {
		const rate = typeof bytesPerSecond === 'number' ? bytesPerSecond : SLOW;
		emulator.addFault({ operation, times: 'always', action: { type: 'throttle', bytesPerSecond: rate } });
	} else if (kind === 'clear') {
		emulator.clearFaults();
	} else {
		throw new BadRequest(`There is no weather of the kind ${String(kind)}`);
	}
}
