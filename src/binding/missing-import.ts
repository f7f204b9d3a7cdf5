/** Milliseconds that a page may take to load the elements, which it may do late. */
const PATIENCE_MS = 3000;

let isSaid = false;

/** Says once on the console that the elements were not imported, which nothing else would tell. */
export function sayUnlessDefined(element: Element | null): void {
	setTimeout(() => {
		if (isSaid || !element?.isConnected || customElements.get(element.localName)) return;
		isSaid = true;
		// biome-ignore lint/suspicious/noConsole: there is an empty place on the page, and no error.
		console.warn(
			`<${element.localName}> shows nothing until the page imports 'oss-resumable-upload/element'`,
		);
	}, PATIENCE_MS);
}
