import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Whether the module is what Node was started with, by whatever links its path leads there.
 *
 * @param {string} url its `import.meta.url`
 */
export const isMain = (url) =>
	process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === url;
