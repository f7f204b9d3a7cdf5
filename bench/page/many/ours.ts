import { createUploader, type Verify } from 'oss-resumable-upload';
import { expectVerified, uploaderOptions } from '../candidates/ours.js';
import type { TransportName } from '../task.js';
import { transports } from '../transports.js';
import type { ManyCandidate } from './candidate.js';

/** All files are handed over at once, and wait inside. */
export const ours =
	(transport: TransportName, verify: Verify): ManyCandidate =>
	async (files, settings) => {
		const uploader = createUploader({ ...uploaderOptions(settings), transport: transports[transport]() });
		const uploads = files.map((file, at) =>
			expectVerified(uploader.upload(file, { key: `ours-${at}`, verify }), verify),
		);
		await Promise.all(uploads);
	};
