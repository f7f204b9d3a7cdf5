import { describe, expect, it } from 'vitest';
import { peakOf, watchProcesses } from '../../bench/processes.js';
import { MiB } from '../../bench/units.js';

/** The rough and the exact figures of one sample after the other; where no exact look is to be taken, there is none. */
function peakOver(samples: readonly (readonly [rough: number | undefined, exact?: number])[]) {
	let at = -1;
	const sample = peakOf({
		rough: () => samples[at]?.[0],
		exact: () => {
			const exact = samples[at]?.[1];
			if (exact === undefined) throw new Error(`Sample ${at} was looked at`);
			return exact;
		},
	});
	return samples.map(() => {
		at++;
		return sample();
	});
}

describe('peakOf', () => {
	it('looks exactly only when the rough figure has grown beyond its own peak', () => {
		expect(peakOver([[100, 70], [90], [100], [100.9], [120, 80], [110]])).toEqual([70, 70, 70, 70, 80, 80]);
	});

	it('keeps the highest, also where more is shared than before', () => {
		expect(
			peakOver([
				[100, 70],
				[120, 60],
			]),
		).toEqual([70, 70]);
	});

	it('notices what grows by less than one hundredth at a time', () => {
		expect(peakOver([[100, 70], [100.8], [101.6, 71]])).toEqual([70, 70, 71]);
	});

	it('knows nothing where the system tells nothing', () => {
		expect(peakOver([[undefined], [undefined]])).toEqual([undefined, undefined]);
	});
});

describe.runIf(process.platform === 'linux')('watchProcesses', () => {
	it('tells the memory of the processes at their peak, and the processor time since it began', async () => {
		const stop = watchProcesses(() => [process.pid]);
		const held = Buffer.alloc(64 * MiB, 1);
		const { peakMemory, cpuSeconds } = await stop();
		// What the process holds alone counts whole. Of the rest there is no telling: other processes may share any part of it.
		expect(peakMemory).toBeGreaterThan(held.length);
		expect(peakMemory).toBeLessThan(process.resourceUsage().maxRSS * 1024 * 1.5);
		expect(cpuSeconds).toBeGreaterThanOrEqual(0);
	});

	it('counts nothing of a process that has ended', async () => {
		const stop = watchProcesses(() => [2 ** 30]);
		expect(await stop()).toEqual({ peakMemory: undefined, cpuSeconds: 0 });
	});
});
