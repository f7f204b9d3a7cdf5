const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `64.0 MiB`: one decimal from KiB on, so that a growing number does not change its width. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < UNITS.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Rounded down, so that 100 % is said of nothing unfinished. */
export const percentOf = (loaded: number, total: number): number =>
	total === 0 ? 0 : Math.floor((loaded / total) * 100);

/** `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const STEPS = [
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000],
] as const;

/** `3 minutes ago`, `yesterday`; `just now` within the last minute. */
export function formatAgo(time: number, now: number): string {
	const ms = now - time;
	for (const [unit, length] of STEPS) {
		if (ms >= length) {
			return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(ms / length), unit);
		}
	}
	return 'just now';
}

/** `1 part`, `2 parts`. */
export const count = (number: number, noun: string): string =>
	`${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
