import { readdirSync, readFileSync } from 'node:fs';

/** What a browser's processes took; undefined where the system does not tell (anything but Linux). */
export interface ProcessFigures {
	/** Bytes: the most that all its processes held at one moment, shared pages counted once. */
	readonly peakMemory: number | undefined;
	/** Seconds of processor time. */
	readonly cpuSeconds: number | undefined;
}

const SAMPLE_MS = 400;
/** Of /proc/<pid>/stat: Linux counts in hundredths of a second wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** The ids of the processes that live at the moment. */
type Processes = () => readonly number[];

/** Samples the processes until the function that it returns is called. */
export function watchProcesses(all: Processes): () => Promise<ProcessFigures> {
	const cpuBefore = cpuOf(all);
	const sample = peakOf({ rough: () => residentPages(all), exact: () => memoryOf(all) });
	sample();
	const timer = setInterval(sample, SAMPLE_MS);
	return async () => {
		clearInterval(timer);
		const peakMemory = sample();
		const cpu = cpuOf(all);
		return {
			peakMemory,
			cpuSeconds: cpu === undefined || cpuBefore === undefined ? undefined : cpu - cpuBefore,
		};
	};
}

/** The rough figure has to grow by more than one hundredth: a peak may be told too low by about as much. */
const WORTH_A_LOOK = 1.01;

/**
 * The highest of a figure, as each call knows it. An exact look holds up all processes for some 60 ms: it is taken only when the
 * rough figure, which holds up none of them, has grown beyond its own peak. What grows only because less is shared, the rough
 * figure does not show.
 */
export function peakOf({ rough, exact }: Readonly<Record<'rough' | 'exact', () => number | undefined>>) {
	let highest = 0;
	let peak: number | undefined;
	return (): number | undefined => {
		const now = rough();
		if (now === undefined || now <= highest * WORTH_A_LOOK) return peak;
		highest = now;
		peak = Math.max(peak ?? 0, exact() ?? 0);
		return peak;
	};
}

/** Of memory that is in use; what processes share counts in each. */
const residentPages = (all: Processes): number | undefined =>
	sum(all, (pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));

/** Proportional set sizes: a page that n processes share counts 1/n in each. */
const memoryOf = (all: Processes): number | undefined =>
	sum(all, (pid) => {
		const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
		return Number(kilobytes ?? 0) * 1024;
	});

const cpuOf = (all: Processes): number | undefined =>
	sum(all, (pid) => {
		const fields = statOf(pid);
		return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
	});

/** The fields behind the name, which may itself hold spaces and brackets. */
const statOf = (pid: number): readonly string[] =>
	readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, '')
		.split(' ');

/** Those of a process group. */
export const inGroup =
	(group: number): Processes =>
	() =>
		readdirSync('/proc')
			.filter((name) => /^\d+$/.test(name))
			.map(Number)
			.filter((pid) => whileItLives(() => Number(statOf(pid)[2])) === group);

function sum(all: Processes, figureOf: (pid: number) => number): number | undefined {
	if (process.platform !== 'linux') return undefined;
	return all().reduce((total, pid) => total + (whileItLives(() => figureOf(pid)) ?? 0), 0);
}

/** Undefined where it has ended between two looks. */
function whileItLives(look: () => number): number | undefined {
	try {
		return look();
	} catch {
		return undefined;
	}
}
