import type { UploadReport } from './task.js';

/** Of Chromium only. */
interface MemoryInfo {
	readonly usedJSHeapSize: number;
}

const SAMPLE_MS = 50;

const heap = (): number => (performance as { memory?: MemoryInfo }).memory?.usedJSHeapSize ?? Number.NaN;

/** Of Chromium with `--expose-gc` only. */
declare const gc: ((options: { execution: 'async' }) => Promise<void>) | undefined;

/** Bytes that the page still holds. */
export async function heapInUse(): Promise<number> {
	if (typeof gc === 'undefined') throw new Error('The garbage cannot be collected: --expose-gc is missing');
	await gc({ execution: 'async' });
	const inUse = heap();
	// What goes on here is still the task that collected: whoever watches the page next is not to hear of it.
	await longTasksTold();
	return inUse;
}

/** A long task is told of after it has ended, in a task of its own. */
const longTasksTold = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));

/** Watches the main thread and the heap, where the browser tells of them, until the function that it returns is called. */
export function watchPage(): () => Promise<Omit<UploadReport, 'ms'>> {
	const before = heap();
	let peak = before;
	let blockedMs = 0;
	let longestMs = 0;
	let longTasks = 0;
	const count = (entries: PerformanceEntryList) => {
		for (const { duration } of entries) {
			longTasks++;
			blockedMs += duration;
			longestMs = Math.max(longestMs, duration);
		}
	};
	const observer = new PerformanceObserver((list) => count(list.getEntries()));
	// Of Chromium only: the others say on their console that they do not know it.
	if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
		observer.observe({ entryTypes: ['longtask'] });
	}
	const timer = setInterval(() => {
		peak = Math.max(peak, heap());
	}, SAMPLE_MS);
	return async () => {
		clearInterval(timer);
		await longTasksTold();
		count(observer.takeRecords());
		observer.disconnect();
		return { blockedMs, longestMs, longTasks, heap: peak - before };
	};
}
