/** Makes the site, unless it is younger than all that it is made of; 0, or the exit code of what failed. */
export function buildDocs(): Promise<number>;
/** Where the site lies. */
export const SITE: string;
