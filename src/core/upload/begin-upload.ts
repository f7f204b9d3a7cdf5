import { scoped } from '../../base/abortable.js';
import type { Checkpoint } from '../model.js';
import { type OpenUpload, openUpload } from './open-upload.js';
import { planUpload } from './plan.js';
import { notBefore, type Round, thisMoment } from './round.js';
import { partSizeOf, type Run } from './run.js';

/** Milliseconds in which a line that lives has brought the answer. */
const ANSWER_MS = 15_000;

/** Begins an upload at OSS, and writes its checkpoint before the first part goes out. */
export async function beginUpload(round: Round): Promise<OpenUpload> {
	const { run } = round;
	const upload = openUpload(await initiate(round));
	// From here on whoever ends the task can drop the upload, whatever becomes of its record.
	run.memory.upload = upload;
	await run.checkpoints.create(upload.checkpoint);
	run.signal.throwIfAborted();
	return upload;
}

async function initiate({ run, target, remote, requests }: Round): Promise<Checkpoint> {
	const { scope, world, source, intent, memory } = run;
	const { size, partSize } = planUpload(source.size, partSizeOf(run));
	const { id, key, fingerprint, settings } = target;
	let started = thisMoment({ run });
	const uploadId = await untilAnswered(run, (inFlightSignal) =>
		requests.run({
			operation: 'InitiateMultipartUpload',
			inFlightSignal,
			// Until it leaves the page, nothing of it can be at OSS: who asks for a token, or signs, holds up no end.
			send: (inFlight) => {
				started = thisMoment({ run });
				return remote.initiate(run.signal, inFlight);
			},
		}),
	);
	return {
		id,
		scope,
		bucket: world.bucket,
		key,
		fingerprint,
		uploadId,
		size,
		partSize,
		name: source.name,
		data: intent.kind === 'upload' ? intent.data : memory.data,
		settings,
		initiateDigest: remote.initiateDigest,
		createdAt: started.at,
		notBefore: notBefore({ remote }, started),
		ttlMs: world.checkpointTtlMs,
		completing: false,
		abandoned: false,
	};
}

/**
 * The answer alone names the upload: cut off by the end of the task, it would stay on OSS, known to nobody. So `ask` has a
 * signal that outlives the task by a while, unless the machine is offline when that ends: then no answer can come.
 */
function untilAnswered<T>({ world, signal }: Run, ask: (inFlight: AbortSignal) => Promise<T>): Promise<T> {
	return scoped(world.lifetime, (inFlight) => {
		const giveUp = () => inFlight.abort(signal.reason);
		const onEnd = () => {
			if (!world.connectivity.isOnline()) giveUp();
			// An id that comes later names an upload without a part.
			else world.clock.sleep(ANSWER_MS, inFlight.signal).then(giveUp, () => {});
		};
		signal.addEventListener('abort', onEnd, { signal: inFlight.signal });
		return ask(inFlight.signal);
	});
}
