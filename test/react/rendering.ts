import { act, createElement, type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let root: Root | undefined;

/** Shows it in the page, as it is developed with: in StrictMode. */
export function show(node: ReactNode): void {
	if (!root) {
		const place = document.createElement('div');
		document.body.append(place);
		root = createRoot(place);
	}
	const shown = root;
	act(() => shown.render(createElement(StrictMode, null, node)));
}

export function unmount(): void {
	const shown = root;
	root = undefined;
	act(() => shown?.unmount());
	document.body.replaceChildren();
}
