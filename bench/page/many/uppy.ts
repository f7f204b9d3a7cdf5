import { uppyApp } from '../candidates/uppy.js';
import type { ManyCandidate } from './candidate.js';

/** Without parts; it verifies nothing. */
export const uppy: ManyCandidate = async (files, settings) => {
	const app = uppyApp(settings, { shouldUseMultipart: false });
	app.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })));
	const result = await app.upload();
	if (result?.successful?.length !== files.length) {
		throw new Error(`Uppy failed: ${result?.failed?.[0]?.error}`);
	}
};
