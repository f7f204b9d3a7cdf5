/** One for all uploaders of a page. */
let holders = 0;
let sentinel: WakeLockSentinel | undefined;
let isAsking = false;

/**
 * Keeps the screen on, and with it a phone awake, until the function is called that this answers. The browser takes the lock
 * away whenever the page is hidden: it is taken again when the page is seen. Where there is none, or it is refused (a low
 * battery), nothing happens.
 */
export function keepAwake(): () => void {
	if (typeof document === 'undefined' || !('wakeLock' in navigator)) return () => {};
	if (holders++ === 0) document.addEventListener('visibilitychange', ask);
	void ask();
	let isHeld = true;
	return () => {
		if (isHeld && --holders === 0) {
			document.removeEventListener('visibilitychange', ask);
			letGo();
		}
		isHeld = false;
	};
}

async function ask(): Promise<void> {
	const isThere = sentinel !== undefined && !sentinel.released;
	if (isThere || isAsking || document.visibilityState !== 'visible') return;
	isAsking = true;
	try {
		sentinel = await navigator.wakeLock.request('screen');
	} catch {
		// Asked again when the page is next seen.
	} finally {
		isAsking = false;
	}
	// What it was for has ended meanwhile.
	if (holders === 0) letGo();
}

function letGo(): void {
	sentinel?.release().catch(() => {});
	sentinel = undefined;
}
