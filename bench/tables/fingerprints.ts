import { runPage, type World } from '../page-run.js';
import { LOOPBACK } from '../profile.js';
import { atMost, type Section } from '../section.js';
import { median } from '../statistics.js';
import { inMiB, MiB } from '../units.js';

export interface NamedFile {
	readonly name: string;
	readonly path: string;
}

export async function fingerprints(
	world: World,
	files: readonly NamedFile[],
	rounds: number,
): Promise<Section> {
	const measured = [];
	for (const { name, path } of files) {
		const reports = [];
		for (let round = 0; round < rounds; round++) {
			const { report } = await runPage(world, { type: 'fingerprint' }, [path], LOOPBACK);
			if (report.fingerprint !== undefined) reports.push(report.fingerprint);
		}
		measured.push({
			name,
			coldMs: median(reports.map(({ coldMs }) => coldMs)),
			warmMs: median(reports.map(({ warmMs }) => warmMs)),
			workerMs: median(reports.map(({ workerMs }) => workerMs)),
			read: median(reports.map(({ read }) => read)),
		});
	}
	return {
		title: '(e) Fingerprints',
		text: 'Cold: the first of a page, the start of the worker counted. Bare worker: the start of a second one that does nothing, in the same page.',
		columns: ['file', 'cold, ms', 'warm, ms', 'bare worker, ms', 'read, MiB'],
		rows: measured.map(({ name, coldMs, warmMs, workerMs, read }) => [
			name,
			coldMs.toFixed(1),
			warmMs.toFixed(1),
			workerMs.toFixed(1),
			inMiB(read),
		]),
		figures: measured.flatMap(({ name, coldMs, read }) => [
			atMost(`fingerprint of ${name}`, 100, coldMs, ' ms'),
			atMost(`read for the fingerprint of ${name}`, 1, read / MiB, ' MiB'),
		]),
	};
}
