import { chromium } from './chromium.js';
import { firefox } from './firefox.js';
import type { Engine } from './port.js';
import { webkit } from './webkit.js';

const ALL: readonly Engine[] = [chromium, firefox, webkit];

/** All, or those that ENGINES names: `firefox,webkit`. */
const wanted = process.env.ENGINES?.split(',') ?? ALL.map(({ name }) => name);

export const ENGINES = wanted.map((name) => {
	const engine = ALL.find((each) => each.name === name);
	if (engine) return engine;
	throw new Error(`No engine is called ${name}: write ENGINES like chromium,firefox,webkit`);
});
