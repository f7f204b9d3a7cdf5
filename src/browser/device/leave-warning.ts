/**
 * Has the browser ask before the page is left, while `loses` says so, until the function is called that this answers. A page
 * that listens for nothing may be kept for "back": so only for as long as there is something to lose.
 */
export function warnOnLeave(loses: () => boolean): () => void {
	if (typeof document === 'undefined') return () => {};
	const ask = (event: BeforeUnloadEvent) => {
		if (!loses()) return;
		event.preventDefault();
		// Chrome before 119 heeds this alone.
		event.returnValue = true;
	};
	addEventListener('beforeunload', ask);
	return () => removeEventListener('beforeunload', ask);
}
