export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

export const seconds = (ms: number): string => (ms / 1000).toFixed(2);
export const inMiB = (bytes: number | undefined): string =>
	bytes === undefined || Number.isNaN(bytes) ? '–' : (bytes / MiB).toFixed(1);
export const ratio = (value: number): string => value.toFixed(2);
export const whole = (value: number): string => Math.round(value).toLocaleString('en');
