/** Of UTF-8. */
export const MAX_KEY_BYTES = 1023;

/** OSS's rules for object names, and the URL standard's: a browser folds `.` and `..` segments, percent-encoded too. */
export const UNSENDABLE_KEY: RegExp = /^[/\\]|^(.*\/)?\.\.?(\/|$)/s;
