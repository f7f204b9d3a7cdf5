import { rm } from 'node:fs/promises';
import { newProfile, startVisitor, type Visitor } from '../chromium.js';
import type { CandidateName, Report, Task } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LINE_400_MBIT, type Seen } from '../profile.js';
import type { Section } from '../section.js';
import type { Sink } from '../sink-process.js';
import { inTime, LIMIT_MS } from '../time-limit.js';
import { inMiB, MiB, whole } from '../units.js';

const CANDIDATES: readonly (readonly [string, CandidateName])[] = [
	['ours, crc64', 'crc64'],
	['ali-oss', 'ali-oss'],
	['Uppy aws-s3', 'uppy'],
];

/** Half-way the browser is killed; then the person comes back and picks the file again. */
async function interrupt(world: World, candidate: CandidateName, file: string, size: number) {
	const { sink } = world;
	const task = { type: 'upload', candidate, sink: sink.url } as const;
	const profile = await newProfile();
	try {
		const killed = await startVisitor(profile);
		try {
			await uploadHalf(world, killed, task, file, size);
		} finally {
			await killed.kill();
		}
		const before = await whenAtRest(sink);
		const visitor = await startVisitor(profile);
		try {
			const { seen: after } = await runPage(world, task, [file], LINE_400_MBIT, visitor);
			return { twice: before.received + after.received - size, stored: after.sentAgain };
		} finally {
			await visitor.close();
		}
	} finally {
		await rm(profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Resolves when half of the bytes have arrived. */
async function uploadHalf({ sink, desk }: World, visitor: Visitor, task: Task, file: string, size: number) {
	await sink.use(LINE_400_MBIT);
	const { loaded, ready } = desk.expectPage();
	await inTime(visitor.visit(desk.url(task), loaded, [file]), 'the page to be killed');
	const begin = await inTime(ready, 'the page to be killed');
	await sink.forget();
	let ended: Report | undefined;
	void begin().then((report) => {
		ended = report;
	});
	const endAt = performance.now() + LIMIT_MS;
	while ((await sink.seen()).received < size / 2) {
		if (ended) throw new Error(`It ended before it was killed: ${ended.error ?? 'with success'}`);
		if (performance.now() > endAt) throw new Error('The page to be killed took too long');
	}
}

/** What was seen when nothing comes any more: of what the browser had handed over, some arrives after it was killed. */
async function whenAtRest(sink: Sink): Promise<Seen> {
	for (const endAt = performance.now() + LIMIT_MS; performance.now() < endAt; ) {
		const seen = await sink.seen();
		if (seen.underWay === 0) return seen;
	}
	throw new Error('What the killed page had sent took too long');
}

export async function interruptions(world: World, file: string, size: number): Promise<Section> {
	const rows: string[][] = [];
	for (const [name, candidate] of CANDIDATES) {
		const { twice, stored } = await interrupt(world, candidate, file, size);
		rows.push([name, inMiB(twice), inMiB(stored)]);
	}
	return {
		title: `(g) Killed half-way through ${whole(size / MiB)} MiB`,
		text: 'The browser process is killed, started again with the same profile, and the same file is picked once more. Sent twice are the parts that were on their way, and with the others, all that OSS held.',
		columns: ['candidate', 'sent twice, MiB', 'of it parts that the same upload held, MiB'],
		rows,
	};
}
