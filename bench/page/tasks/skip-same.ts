import { createUploader } from 'oss-resumable-upload';
import { uploaderOptions } from '../candidates/ours.js';
import { inLanes } from '../many/lanes.js';
import type { Settings, SkipSameReport } from '../task.js';

/** As our own requests are signed, so that browsers ask the bucket's CORS rule as often. */
const SIGNED = { authorization: 'bench', 'x-oss-date': 'bench', 'x-oss-security-token': 'bench' };

/** The files lie at the keys of `many/ours.ts`. */
export async function skipSame(
	files: readonly File[],
	{ by, ...settings }: Settings & { readonly by: 'ours' | 'heads' },
): Promise<SkipSameReport> {
	const startedAt = performance.now();
	await (by === 'ours' ? skip(files, settings) : askForEach(files, settings));
	return { ms: performance.now() - startedAt };
}

async function skip(files: readonly File[], settings: Settings): Promise<void> {
	const uploader = createUploader(uploaderOptions(settings));
	const results = files.map(
		(file, at) => uploader.upload(file, { key: `ours-${at}`, skipSame: true }).result,
	);
	for (const { skipped } of await Promise.all(results)) if (!skipped) throw new Error('One was sent');
}

const askForEach = (files: readonly File[], { sink, parallel = 5 }: Settings): Promise<void> =>
	inLanes(files, parallel, async (_, at) => {
		const url = `${sink}/examplebucket/ours-${at}`;
		const { ok } = await fetch(url, { method: 'HEAD', headers: SIGNED, cache: 'no-store' });
		if (!ok) throw new Error(`Not there: ${url}`);
	});
