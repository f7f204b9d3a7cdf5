let isAsked = false;

/**
 * Asks once a page that the browser does not clear the site's storage when it needs room. Not awaited by anybody: Firefox
 * asks the person, who may never answer.
 */
export function persistStorage(): void {
	if (isAsked) return;
	isAsked = true;
	// Missing on plain http.
	navigator.storage?.persist?.().catch(() => {});
}
