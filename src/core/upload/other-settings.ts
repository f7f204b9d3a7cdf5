import type { Checkpoint } from '../model.js';
import type { Round } from './round.js';

/** Names of the headers in which two digests of a `Remote` differ. */
export function differingHeaders(...digests: readonly [string, string]): string[] {
	const [before, now] = digests.map(headersIn);
	const names = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])]);
	return [...names].filter((name) => before?.get(name) !== now?.get(name));
}

/** None, when it is another's: a row may come from anywhere. */
function headersIn(digest: string): Map<string, string> {
	try {
		return new Map<string, string>(JSON.parse(digest));
	} catch {
		return new Map();
	}
}

/**
 * Names of the headers that Complete is to say now, and that this record has otherwise: an object that an earlier visit had
 * put together is what was asked for at that time, in its ACL for one.
 */
export const differingAtComplete = (
	{ run, remote }: Pick<Round, 'run' | 'remote'>,
	{ key, settings }: Pick<Checkpoint, 'key' | 'settings'>,
): string[] => differingHeaders(run.world.remoteFor(key, settings).completeDigest, remote.completeDigest);
