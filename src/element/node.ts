type Attributes = Readonly<Record<string, string>>;

/** An element with attributes and children; strings become text, never markup. */
export function node<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
	made.append(...children);
	return made;
}

/** Writes only what differs: rewriting the same text makes screen readers speak and browsers lay out again. */
export function setText(element: Element, text: string): void {
	if (element.textContent !== text) element.textContent = text;
}

/** `null` takes it away. */
export function setAttribute(element: Element, name: string, value: string | null): void {
	if (element.getAttribute(name) === value) return;
	if (value === null) element.removeAttribute(name);
	else element.setAttribute(name, value);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Strokes in a square of 16. */
const ICONS = {
	pause: 'M5.5 3.5v9M10.5 3.5v9',
	resume: 'M5 3.2v9.6L12.5 8Z',
	retry: 'M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.9 2.6v2.9H10',
	cross: 'M4 4l8 8M12 4l-8 8',
	more: 'M4 6l4 4 4-4',
	open: 'M6.5 3.5h-3v9h9v-3M9 3.5h3.5V7M12.3 3.7 7.5 8.5',
	copyKey: 'M5.5 5.5v-2h7v7h-2M3.5 5.5h7v7h-7Z',
	start: 'M8 12.5v-9M4.5 7 8 3.5 11.5 7',
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
	const drawing = document.createElementNS(SVG, 'svg');
	drawing.setAttribute('viewBox', '0 0 16 16');
	drawing.setAttribute('aria-hidden', 'true');
	const stroke = document.createElementNS(SVG, 'path');
	stroke.setAttribute('d', ICONS[name]);
	drawing.append(stroke);
	return drawing;
}
