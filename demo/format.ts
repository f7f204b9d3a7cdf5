import { say } from './words/say.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `64.0 MB`, of 1,024 KB each, as the element writes it. */
export function formatSize(bytes: number): string {
	const power = Math.min(UNITS.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
	const digits = power === 0 ? 0 : 1;
	return new Intl.NumberFormat(document.documentElement.lang, {
		style: 'unit',
		unit: UNITS[power] ?? 'byte',
		unitDisplay: power === 0 ? 'long' : 'short',
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	}).format(bytes / 1024 ** power);
}

export const formatSpeed = (bytesPerSecond: number): string =>
	say('speed', { size: formatSize(bytesPerSecond) });

/** `14:03:59`, of this machine's time. */
export const formatTime = (time: number): string =>
	new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(time);
