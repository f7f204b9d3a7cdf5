import type { UploadOptions } from 'oss-resumable-upload';
import { find, setText } from './dom.js';
import { say } from './words/say.js';

export interface Settings {
	readonly transport: 'xhr' | 'fetch';
	readonly partSize: NonNullable<UploadOptions['partSize']>;
	readonly verify: NonNullable<UploadOptions['verify']>;
	/** Of an uploader, as is `sign`: another one means another uploader. */
	readonly parallel: number;
	readonly sign: 'page' | 'server';
}

type Name = keyof Settings;

const NAMES: readonly Name[] = ['transport', 'partSize', 'verify', 'parallel', 'sign'];
const OF_UPLOADER: readonly Name[] = ['parallel', 'sign'];
const VERIFY: readonly Settings['verify'][] = ['crc64', 'md5', 'full', 'none'];
/** The least number that the address may give, where it may give one that the panel does not offer. */
const LEAST: Partial<Record<Name, number>> = { partSize: 100 * 1024, parallel: 1 };

/** The settings, bound to the page's address, so that a reload keeps them. */
export class SettingsPanel {
	readonly #form = find('#settings form', HTMLFormElement);
	readonly #hint = find('#settings-busy', HTMLElement);

	/** `onChange`: somebody chose another one. */
	constructor(onChange: (name: Name, value: string) => void) {
		const address = new URL(location.href);
		for (const name of NAMES) {
			const select = this.#select(name);
			const wanted = address.searchParams.get(name);
			if (wanted) choose(select, wanted, LEAST[name]);
			select.addEventListener('change', () => {
				address.searchParams.set(name, select.value);
				history.replaceState(null, '', address);
				onChange(name, select.value);
			});
		}
	}

	get value(): Settings {
		const value = (name: Name) => this.#select(name).value;
		return {
			transport: value('transport') === 'fetch' ? 'fetch' : 'xhr',
			partSize: value('partSize') === 'auto' ? 'auto' : Number(value('partSize')),
			verify: VERIFY.find((way) => way === value('verify')) ?? 'crc64',
			parallel: Number(value('parallel')),
			sign: value('sign') === 'server' ? 'server' : 'page',
		};
	}

	/** While files are under way their uploader stays. */
	set isBusy(isBusy: boolean) {
		for (const name of OF_UPLOADER) this.#select(name).disabled = isBusy;
		setText(this.#hint, say(isBusy ? 'settingsBusy' : 'settingsIdle'));
	}

	#select(name: Name): HTMLSelectElement {
		return find(`[name=${name}]`, HTMLSelectElement, this.#form);
	}
}

/** A sound number that the panel does not offer is offered from then on; anything else is not taken. */
function choose(select: HTMLSelectElement, wanted: string, least = Number.POSITIVE_INFINITY): void {
	const isOffered = [...select.options].some((option) => option.value === wanted);
	const isSound = /^\d+$/.test(wanted) && Number(wanted) >= least;
	if (!isOffered && isSound) select.add(new Option(wanted));
	if (isOffered || isSound) select.value = wanted;
}
