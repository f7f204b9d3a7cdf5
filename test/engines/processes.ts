import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of Linux: what `/proc` tells about a process and those that descend from it. */

interface Status {
	/** One letter; `Z` is dead and not yet missed. */
	readonly state: string;
	readonly parent: number;
}

function statusOf(pid: number): Status | undefined {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name of the program comes before, in parentheses, and may hold any sign.
		const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return { state, parent: Number(parent) };
	} catch {
		return undefined;
	}
}

/** The process and all that descend from it. */
export function familyOf(pid: number): readonly number[] {
	const children = new Map<number, number[]>();
	for (const name of readdirSync('/proc')) {
		const parent = /^\d+$/.test(name) ? statusOf(Number(name))?.parent : undefined;
		if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
	}
	const family = [pid];
	for (const each of family) family.push(...(children.get(each) ?? []));
	return family;
}

/** Ends each by its number, all at one moment. */
export function endAtOnce(pid: number): readonly number[] {
	const family = familyOf(pid);
	for (const each of family) {
		try {
			process.kill(each, 'SIGKILL');
		} catch {
			// It is gone already.
		}
	}
	return family;
}

export const isGone = (pid: number): boolean => (statusOf(pid)?.state ?? 'Z') === 'Z';

/** Resolves when all of them are gone. */
export async function endFamily(pid: number): Promise<void> {
	const family = endAtOnce(pid);
	const giveUpAt = Date.now() + 10_000;
	while (!family.every(isGone)) {
		if (Date.now() > giveUpAt) throw new Error(`Processes that do not end: ${family.join(', ')}`);
		await sleep(20);
	}
}

/** Bytes that those of the family which live have read so far, by read() and its kin: from files, and from pipes. */
export const bytesReadBy = (pid: number): number =>
	familyOf(pid).reduce((sum, each) => sum + readOf(each), 0);

function readOf(pid: number): number {
	try {
		return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}
