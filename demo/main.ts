import { Demo } from './demo.js';
import { find, node, setText } from './dom.js';
import { loadPlace } from './server-api.js';
import { tabs } from './tabs.js';
import { say, speak } from './words/say.js';

/**
 * `?transport`, `?partSize`, `?verify`, `?parallel` and `?sign` are those of the settings; `?throttle=<bytes per second>`
 * slows each connection to the emulator down; `?lang` and `?dir` are the page's.
 */
const query = new URLSearchParams(location.search);

async function start(): Promise<void> {
	await speak(query);
	const place = await loadPlace();
	const isEmulator = place.mode === 'emulator';
	find('#tab-weather', HTMLElement).hidden = !isEmulator;
	tabs();
	const demo = new Demo(place);
	if (isEmulator) await demo.watchWeather(Number(query.get('throttle')));
	document.body.dataset.ready = 'true';
}

start().catch((error: unknown) => {
	const reason = error instanceof Error ? `${error.message}.` : String(error);
	find('main', HTMLElement).replaceChildren(
		node('p', { class: 'card broken', role: 'alert' }, say('notStarted', { reason })),
	);
	setText(find('#place', HTMLElement), '');
});
