const LOOK_MS = 500;

/**
 * Calls when the process that started this one is gone, however it ended: a test run that was killed tells nobody. It
 * keeps nothing alive.
 */
export function onParentGone(then: () => void): void {
	const parent = process.ppid;
	const timer = setInterval(() => {
		// Elsewhere than on Windows somebody else becomes the parent.
		if (process.ppid === parent && isAlive(parent)) return;
		clearInterval(timer);
		then();
	}, LOOK_MS);
	timer.unref();
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		// Somebody else's process may not be signalled, but it is there.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
