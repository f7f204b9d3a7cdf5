import type { UploaderOptions } from './public-options.js';

/** What each uploader was made of, for entries that have to know. It is no member, so that no app leans on it. */
export const optionsOf: WeakMap<object, UploaderOptions> = new WeakMap();
