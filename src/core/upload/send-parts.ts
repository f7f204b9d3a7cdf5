import type { OpenUpload } from './open-upload.js';
import { type Round, recordPart, together } from './round.js';
import { settlePart } from './settle-part.js';

/** Sends every part that OSS lacks, as many at once as the uploader's slots allow. */
export async function sendMissing(round: Round, upload: OpenUpload): Promise<void> {
	const { requests, run } = round;
	const missing = missingParts(upload);
	const lane = async () => {
		// The next part goes out while the one before is being recorded.
		let recording: Promise<void> | undefined;
		try {
			// A throw closes the generator for every lane, so that nothing new begins after a failure.
			for (const partNumber of missing) {
				const { part, resumed } = await settlePart(round, upload, partNumber);
				await recording;
				recording = recordPart(round, upload, part, resumed).catch((error) => requests.giveUp(error));
			}
		} finally {
			await recording;
		}
	};
	await together(requests, Array.from({ length: run.world.parallel }, lane));
}

function* missingParts({ plan, stored }: OpenUpload): Generator<number, void> {
	for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
		if (!stored.has(partNumber)) yield partNumber;
	}
}
