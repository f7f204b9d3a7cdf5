import { find } from './dom.js';

/** One panel at a time. By arrow keys one goes from tab to tab, as the pattern of WAI-ARIA says. */
export function tabs(): void {
	const list = find('[role=tablist]', HTMLElement);
	const all = [...list.querySelectorAll<HTMLElement>('[role=tab]')].filter((tab) => !tab.hidden);
	const panels = all.map((tab) => find(`#${tab.getAttribute('aria-controls')}`, HTMLElement));
	let chosen = 0;
	const choose = (index: number) => {
		chosen = index;
		all.forEach((tab, each) => {
			tab.setAttribute('aria-selected', String(each === index));
			tab.tabIndex = each === index ? 0 : -1;
		});
		panels.forEach((panel, each) => {
			panel.hidden = each !== index;
		});
	};
	all.forEach((tab, index) => {
		tab.addEventListener('click', () => choose(index));
	});
	// They scroll, and not all have something else to focus.
	for (const panel of panels) panel.tabIndex = 0;
	list.addEventListener('keydown', (event) => {
		const index = destination(event.key, chosen, all.length);
		if (index === undefined) return;
		event.preventDefault();
		choose(index);
		all[index]?.focus();
	});
	choose(0);
}

function destination(key: string, from: number, count: number): number | undefined {
	const isMirrored = document.documentElement.dir === 'rtl';
	if (key === 'Home') return 0;
	if (key === 'End') return count - 1;
	if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
	const by = (key === 'ArrowRight') === isMirrored ? -1 : 1;
	return (from + by + count) % count;
}
