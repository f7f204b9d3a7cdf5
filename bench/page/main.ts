import { candidates } from './candidates.js';
import type { Report, Task } from './task.js';
import { measureFingerprint } from './tasks/fingerprint.js';
import { recordParts } from './tasks/record.js';
import { resumeParts } from './tasks/resume.js';
import { watchPage } from './watch.js';

const task: Task = JSON.parse(new URLSearchParams(location.search).get('task') ?? '{}');

async function perform(file: File): Promise<Report> {
	switch (task.type) {
		case 'fingerprint':
			return { fingerprint: await measureFingerprint(file) };
		case 'record':
			return { record: await recordParts(file, task) };
		case 'resume':
			return { resume: await resumeParts(file, task) };
		default: {
			const upload = await candidates[task.candidate]();
			const watch = watchPage();
			const startedAt = performance.now();
			await upload(file, task);
			return { upload: { ms: performance.now() - startedAt, ...(await watch()) } };
		}
	}
}

document.querySelector('input')?.addEventListener('change', async ({ target }) => {
	const file = (target as HTMLInputElement).files?.[0];
	if (file === undefined) return;
	// Nothing is loaded later, and nothing begins before the DevTools client has gone.
	if ('candidate' in task) await candidates[task.candidate]();
	await fetch('/-/go');
	const report = await perform(file).catch((error: unknown): Report => ({ error: String(error) }));
	await fetch('/-/report', { method: 'POST', body: JSON.stringify(report) });
});
await fetch('/-/loaded');
