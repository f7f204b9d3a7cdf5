/** The service worker that the page goes through, if there is one. In a sandbox browsers throw at the mere look. */
export function controllingWorker(): ServiceWorker | undefined {
	try {
		return globalThis.navigator?.serviceWorker?.controller ?? undefined;
	} catch {
		return undefined;
	}
}

/** As requests name it: in a sandbox it is `null`, whatever the address says. */
export const pageOrigin = (): string =>
	globalThis.origin ?? globalThis.location?.origin ?? "this page's origin";
