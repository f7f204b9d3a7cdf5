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
 * Names of the headers that are asked for now, and were said otherwise when an earlier visit had the object put together:
 * an object that is found is then what was asked for at that time, in its ACL for one.
 */
export function completedOtherwise(round: Pick<Round, 'run' | 'remote'>, checkpoint: Checkpoint): string[] {
	return checkpoint.completing ? differingFrom(round, checkpoint) : [];
}

/** Of what is said at Complete. */
export const differingFrom = (
	{ run, remote }: Pick<Round, 'run' | 'remote'>,
	{ key, settings }: Checkpoint,
): string[] => differingHeaders(run.world.remoteFor(key, settings).completeDigest, remote.completeDigest);
