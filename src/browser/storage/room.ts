const MiB = 1024 * 1024;

/** Bytes that all copies of files together may take: the rest of this site's storage is the app's. */
const MAX_COPIES = 512 * MiB;
const MAX_SHARE = 0.1;

/** Bytes of a further copy that there is room for, beside copies of `used` bytes. */
export async function roomForCopy(used: number): Promise<number> {
	// Not where the page came without https. Then the write tells.
	const { quota = Number.POSITIVE_INFINITY, usage = 0 } =
		(await globalThis.navigator?.storage?.estimate?.()) ?? {};
	return Math.min(Math.min(MAX_COPIES, quota * MAX_SHARE) - used, quota - usage);
}
