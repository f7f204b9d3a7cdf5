import { find, node, setText } from './dom.js';
import { formatSpeed } from './format.js';
import { changeWeather, expireTokens, loadWeather, type Weather, type WeatherKind } from './server-api.js';
import { say } from './words/say.js';

const KINDS: readonly WeatherKind[] = ['slow', 'errors', 'cuts'];

/** Bytes per second and connection, where nothing else is said. */
const SLOW = 256 * 1024;

/** Switches that make the emulator misbehave, to show what an upload survives. They show what is so at the server. */
export class WeatherPanel {
	readonly #switches = new Map<WeatherKind, HTMLInputElement>();
	readonly #slowText = node('small', { id: 'slow-text' });
	readonly #report = find('#weather-report', HTMLElement);
	readonly #onChange: (sentence: string) => void;
	#bytesPerSecond = SLOW;
	/** As the server said last. */
	#weather: Weather = { slow: 0, errors: false, cuts: false };

	/** `onChange`: what the log says of it. */
	constructor(onChange: (sentence: string) => void) {
		this.#onChange = onChange;
		const list = find('#weather .switches', HTMLUListElement);
		for (const kind of KINDS) list.append(this.#row(kind));
		find('#expire', HTMLButtonElement).addEventListener('click', () => {
			void this.#try(async () => {
				await expireTokens();
				setText(this.#report, say('expired'));
				this.#onChange(say('expired'));
			});
		});
		// Another tab may have changed it meanwhile.
		addEventListener('focus', () => void this.refresh());
	}

	refresh(): Promise<void> {
		return this.#try(async () => this.#show(await loadWeather()));
	}

	/** Slows each connection down to this. */
	slowDown(bytesPerSecond: number): Promise<void> {
		this.#bytesPerSecond = bytesPerSecond;
		return this.#try(async () => this.#show(await changeWeather('slow', true, bytesPerSecond)));
	}

	#row(kind: WeatherKind): HTMLElement {
		const input = node('input', {
			type: 'checkbox',
			role: 'switch',
			id: `weather-${kind}`,
			'aria-describedby': `${kind}-text`,
		});
		const text = kind === 'slow' ? this.#slowText : node('small', { id: `${kind}-text` }, say(`${kind}Text`));
		input.addEventListener('change', () => void this.#set(kind, input.checked));
		this.#switches.set(kind, input);
		return node('li', {}, node('div', {}, node('label', { for: input.id }, say(kind)), text), input);
	}

	#set(kind: WeatherKind, isOn: boolean): Promise<void> {
		return this.#try(async () => {
			this.#show(await changeWeather(kind, isOn, this.#bytesPerSecond));
			setText(this.#report, '');
			this.#onChange(`${say(kind)}: ${isOn ? 'on' : 'off'}`);
		});
	}

	#show(weather: Weather): void {
		this.#weather = weather;
		if (weather.slow > 0) this.#bytesPerSecond = weather.slow;
		setText(this.#slowText, say('slowText', { rate: formatSpeed(this.#bytesPerSecond) }));
		for (const [kind, input] of this.#switches) input.checked = Boolean(weather[kind]);
	}

	/** What did not come about is shown as it was before. */
	async #try(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch {
			setText(this.#report, say('serverGone'));
			this.#show(this.#weather);
		}
	}
}
