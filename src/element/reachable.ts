/** It and what is around it, out of shadow roots too. */
export const around = (node: Node | null): readonly EventTarget[] =>
	node ? [node, ...around(node instanceof ShadowRoot ? node.host : node.parentNode)] : [];

/** Whether a person can see and reach it: it is drawn, and neither inert nor behind a modal dialog. */
export function isReachable(element: Element): boolean {
	if (!isDrawn(element)) return false;
	const way = around(element);
	if (way.some((each) => each instanceof HTMLElement && each.inert)) return false;
	const modals = [...document.querySelectorAll(':modal')];
	return modals.length === 0 || modals.some((modal) => way.includes(modal));
}

function isDrawn(element: Element): boolean {
	const { display, visibility } = getComputedStyle(element);
	// It has no box of its own, though what is in it has.
	if (display === 'contents' && element.parentElement) return isDrawn(element.parentElement);
	return visibility === 'visible' && element.getClientRects().length > 0;
}
