import { element, find } from './element.js';
import { changeWeather } from './server-api.js';

const WEATHERS = [
	{
		kind: 'fail',
		label: 'Fail 3 requests',
		report: 'The next 3 parts are answered 503: they are sent again.',
	},
	{
		kind: 'cut',
		label: 'Cut 3 connections',
		report: 'The next 3 parts lose their connection half-way: they are sent again.',
	},
	{
		kind: 'expire',
		label: 'Expire tokens',
		report: 'All tokens are void now: the page asks for a new one, once, and goes on.',
	},
	{ kind: 'slow', label: 'Go slow', report: 'Each connection carries 256 KiB a second from now on.' },
	{ kind: 'clear', label: 'Fair again', report: 'No faults any more.' },
] as const;

/** Buttons that make the emulator misbehave, to show what an upload survives. */
export function weatherPanel(): void {
	const report = find('#weather-report', HTMLElement);
	const buttons = WEATHERS.map((weather) => {
		const button = element('button', { type: 'button' }, weather.label);
		button.addEventListener('click', () => {
			changeWeather(weather.kind).then(
				() => {
					report.textContent = weather.report;
				},
				(error: unknown) => {
					report.textContent = String(error);
				},
			);
		});
		return button;
	});
	find('#weather .buttons', HTMLElement).append(...buttons);
	find('#weather', HTMLElement).hidden = false;
}
