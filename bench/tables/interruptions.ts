import { rm } from 'node:fs/promises';
import { newProfile, startVisitor } from '../chromium.js';
import type { CandidateName } from '../page/task.js';
import { runPage, type World } from '../page-run.js';
import { LINE_400_MBIT } from '../profile.js';
import type { Section } from '../section.js';
import { inMiB, MiB, whole } from '../units.js';

const CANDIDATES: readonly (readonly [string, CandidateName])[] = [
	['ours, crc64', 'crc64'],
	['ali-oss', 'ali-oss'],
	['Uppy aws-s3', 'uppy'],
];

/** Half-way the browser is killed; then the person comes back and picks the file again. */
async function interrupt(world: World, candidate: CandidateName, file: string, size: number) {
	const { sink, desk } = world;
	const task = { type: 'upload', candidate, sink: sink.url } as const;
	const profile = await newProfile();
	try {
		const killed = await startVisitor(profile);
		await sink.use(LINE_400_MBIT);
		const { loaded, ready } = desk.expectPage();
		await killed.visit(desk.url(task), loaded, [file]);
		const begin = await ready;
		await sink.forget();
		void begin();
		let seen = await sink.seen();
		while (seen.received < size / 2) seen = await sink.seen();
		await killed.kill();
		const before = await sink.seen();
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
