import type { UploadOptions } from 'oss-resumable-upload';
import { find } from './element.js';

export interface Settings {
	readonly parallel: number;
	readonly partSize: NonNullable<UploadOptions['partSize']>;
	readonly verify: NonNullable<UploadOptions['verify']>;
}

const VERIFY: readonly Settings['verify'][] = ['crc64', 'md5', 'full', 'none'];
const NAMES = ['partSize', 'parallel', 'verify'] as const;
/** The least number that the address may give, where it may give one that the panel does not offer. */
const LEAST: Partial<Record<(typeof NAMES)[number], number>> = { partSize: 100 * 1024, parallel: 1 };

/** Binds the settings panel to the page's address, so that a reload keeps them; returns how to read it. */
export function settingsPanel(): () => Settings {
	const form = find('#settings form', HTMLFormElement);
	const address = new URL(location.href);
	for (const name of NAMES) {
		const select = find(`[name=${name}]`, HTMLSelectElement, form);
		const wanted = address.searchParams.get(name);
		if (wanted) choose(select, wanted, LEAST[name]);
		select.addEventListener('change', () => {
			address.searchParams.set(name, select.value);
			history.replaceState(null, '', address);
		});
	}
	const value = (name: (typeof NAMES)[number]) => find(`[name=${name}]`, HTMLSelectElement, form).value;
	return () => ({
		parallel: Number(value('parallel')),
		partSize: value('partSize') === 'auto' ? 'auto' : Number(value('partSize')),
		verify: VERIFY.find((way) => way === value('verify')) ?? 'crc64',
	});
}

/** A sound number that the panel does not offer is offered from then on; anything else is not taken. */
function choose(select: HTMLSelectElement, wanted: string, least = Number.POSITIVE_INFINITY): void {
	const isOffered = [...select.options].some((option) => option.value === wanted);
	const isSound = /^\d+$/.test(wanted) && Number(wanted) >= least;
	if (!isOffered && isSound) select.add(new Option(wanted));
	if (isOffered || isSound) select.value = wanted;
}
