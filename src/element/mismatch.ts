import type { TaskState, UploadTask } from '../index.js';

/** The file has not been looked at yet, or is just being so. */
const UNDECIDED: readonly TaskState[] = ['waiting', 'preparing', 'paused'];

/**
 * Resolves when the file of a resumed upload was compared with that upload, with the error where that failed. `onWait`: it is
 * not compared for now, which may take as long as other uploads do, or until somebody resumes it.
 */
export function mismatch(task: UploadTask, onWait: () => void): Promise<unknown> {
	return new Promise((resolve) => {
		// A turn later: most have their place by then.
		const timer = setTimeout(() => task.state === 'waiting' && onWait());
		const look = () => {
			if (task.state === 'paused') onWait();
			if (UNDECIDED.includes(task.state)) return;
			stop();
			clearTimeout(timer);
			if (task.state === 'failed') task.result.catch(resolve);
			else resolve(undefined);
		};
		const stop = task.on('state', look);
		look();
	});
}
