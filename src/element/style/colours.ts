/** `[name, light, dark]`; the first seven may be set as `--oss-upload-<name>`. */
const COLOURS = [
	['accent', '#1d4ed8', '#8ab4ff'],
	['on-accent', '#ffffff', '#0c1a33'],
	['text', '#17202e', '#e8edf5'],
	['quiet', '#556176', '#a3b0c3'],
	['surface', '#ffffff', '#182029'],
	['line', '#cfd6e1', '#3a4657'],
	['good', '#14703f', '#6fd6a0'],
	['bad', '#b3261e', '#ff9b92'],
	['wait', '#8a5300', '#f2c06b'],
	['track', '#e3e8f0', '#2a3442'],
	['resumed', '#5b6fb5', '#9aa8ea'],
] as const;

const declare = (shown: (light: string, dark: string) => string): string =>
	COLOURS.map(([name, light, dark]) => `--_${name}:var(--oss-upload-${name},${shown(light, dark)});`).join(
		'',
	);

/** A browser without `light-dark()` shows light, as a page does that says nothing of schemes. */
export const COLOUR_RULES: string = `:host{${declare((light) => light)}}
@supports (color:light-dark(red,red)){:host{${declare((light, dark) => `light-dark(${light},${dark})`)}}}`;
