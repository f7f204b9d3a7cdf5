import { readdirSync, readFileSync } from 'node:fs';

/** What a process group took; undefined where the system does not tell (anything but Linux). */
export interface ProcessFigures {
	/** Bytes: the most that all its processes held at one moment, shared pages counted once. */
	readonly peakMemory: number | undefined;
	/** Seconds of processor time. */
	readonly cpuSeconds: number | undefined;
}

const SAMPLE_MS = 400;
/** Of /proc/<pid>/stat: Linux counts in hundredths of a second wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** Samples the processes of a group until the function that it returns is called. */
export function watchProcesses(group: number): () => Promise<ProcessFigures> {
	const cpuBefore = cpuOf(group);
	let peakMemory = memoryOf(group);
	const sample = () => {
		peakMemory = max(peakMemory, memoryOf(group));
	};
	const timer = setInterval(sample, SAMPLE_MS);
	return async () => {
		clearInterval(timer);
		sample();
		const cpu = cpuOf(group);
		return {
			peakMemory,
			cpuSeconds: cpu === undefined || cpuBefore === undefined ? undefined : cpu - cpuBefore,
		};
	};
}

const max = (a: number | undefined, b: number | undefined): number | undefined =>
	a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

/** Proportional set sizes: a page that n processes share counts 1/n in each. */
const memoryOf = (group: number): number | undefined =>
	sum(group, (pid) => {
		const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
		return Number(kilobytes ?? 0) * 1024;
	});

const cpuOf = (group: number): number | undefined =>
	sum(group, (pid) => {
		const fields = statOf(pid);
		return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
	});

/** The fields behind the name, which may itself hold spaces and brackets. */
const statOf = (pid: string): readonly string[] =>
	readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, '')
		.split(' ');

function sum(group: number, figureOf: (pid: string) => number): number | undefined {
	if (process.platform !== 'linux') return undefined;
	let total = 0;
	for (const pid of readdirSync('/proc')) {
		try {
			if (/^\d+$/.test(pid) && Number(statOf(pid)[2]) === group) total += figureOf(pid);
		} catch {
			// It has ended between the two looks.
		}
	}
	return total;
}
