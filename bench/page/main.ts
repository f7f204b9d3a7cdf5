import { candidates } from './candidates.js';
import { manyCandidates } from './many/candidates.js';
import type { Report, Task, UploadReport } from './task.js';
import { fairQueue } from './tasks/fair-queue.js';
import { measureFingerprint } from './tasks/fingerprint.js';
import { firstProgress } from './tasks/first-progress.js';
import { recordParts } from './tasks/record.js';
import { resumeParts } from './tasks/resume.js';
import { skipSame } from './tasks/skip-same.js';
import { waitInLine } from './tasks/wait-in-line.js';
import { watchPage } from './watch.js';

const task: Task = JSON.parse(new URLSearchParams(location.search).get('task') ?? '{}');

/** So that nothing is loaded later. */
const loadCandidate = async (): Promise<unknown> => {
	if (task.type === 'upload') return candidates[task.candidate]();
	if (task.type === 'upload-many') return manyCandidates[task.candidate]();
	return undefined;
};

async function measureUpload(upload: () => Promise<void>): Promise<UploadReport> {
	const watch = watchPage();
	const startedAt = performance.now();
	await upload();
	return { ms: performance.now() - startedAt, ...(await watch()) };
}

async function perform(files: readonly File[], file: File): Promise<Report> {
	switch (task.type) {
		case 'first-progress':
			return { firstProgress: await firstProgress(file, task) };
		case 'fair-queue':
			return { fairQueue: await fairQueue(files, task) };
		case 'skip-same':
			return { skipSame: await skipSame(files, task) };
		case 'wait-in-line':
			return { waitInLine: await waitInLine(file, task) };
		case 'fingerprint':
			return { fingerprint: await measureFingerprint(file) };
		case 'record':
			return { record: await recordParts(file, task) };
		case 'resume':
			return { resume: await resumeParts(file, task) };
		case 'upload-many': {
			const upload = await manyCandidates[task.candidate]();
			return { upload: await measureUpload(() => upload(files, task)) };
		}
		default: {
			const upload = await candidates[task.candidate]();
			return { upload: await measureUpload(() => upload(file, task)) };
		}
	}
}

/** What a listener throws reaches nobody else. */
const uncaught = new Promise<never>((_, reject) =>
	addEventListener('error', ({ message }) => reject(message)),
);
uncaught.catch(() => {});

document.querySelector('input')?.addEventListener('change', async ({ target }) => {
	const files = [...((target as HTMLInputElement).files ?? [])];
	const [file] = files;
	if (file === undefined) return;
	await loadCandidate();
	// Nothing begins before the DevTools client has gone.
	await fetch('/-/go');
	const report = await Promise.race([perform(files, file), uncaught]).catch(
		(error: unknown): Report => ({ error: String(error) }),
	);
	await fetch('/-/report', { method: 'POST', body: JSON.stringify(report) });
});
document.title = 'ready';
await fetch('/-/loaded');
