import {
	createUploader,
	credentialsFrom,
	isUploadError,
	type Uploader,
	type UploaderOptions,
	type UploadOptions,
	type UploadResult,
	type UploadTask,
} from 'oss-resumable-upload';
import { diagnose, type Finding } from 'oss-resumable-upload/diagnose';

export type Place = Pick<UploaderOptions, 'bucket' | 'region' | 'endpoint' | 'cname'>;

export interface Way {
	readonly key: string;
	/** Bytes. */
	readonly partSize?: number;
	readonly parallel?: number;
	/** What is done as soon as so many parts are stored. */
	readonly midway?: { readonly afterParts: number; readonly does: 'reload' | 'abort' };
}

export interface Outcome {
	readonly state: string;
	readonly result?: UploadResult;
	/** Why there is no result. */
	readonly error?: string;
	/** Parts sent on this visit, and parts that OSS held before it. */
	readonly sent: number;
	readonly held: number;
	/** Requests that were sent again. */
	readonly retries: number;
	readonly warnings: readonly string[];
	readonly ms: number;
}

export interface SmallFiles {
	/** Before the number of the file. */
	readonly prefix: string;
	/** Bytes of each. */
	readonly sizes: readonly number[];
}

export interface Diagnosed {
	readonly ok: boolean;
	readonly findings: readonly Finding[];
}

declare global {
	interface Window {
		/** What `test/real` asks of this page. */
		real: {
			/** Uploads the picked file; never answers where the page is reloaded. */
			upload(place: Place, way: Way): Promise<Outcome>;
			uploadSmall(place: Place, files: SmallFiles): Promise<readonly Outcome[]>;
			diagnose(place: Place, prefix: string): Promise<Diagnosed>;
			/** What the page may know of the protocols of its requests to this origin. */
			protocols(origin: string): readonly string[];
		};
	}
}

/** Of getRandomValues. */
const RANDOM_AT_ONCE = 65_536;

const uploaderFor = (place: Place, parallel = 5): Uploader =>
	createUploader({ ...place, parallel, getCredentials: credentialsFrom('/sts') });

async function upload(place: Place, { key, partSize, parallel, midway }: Way): Promise<Outcome> {
	const [file] = document.querySelector('input')?.files ?? [];
	if (!file) throw new Error('No file was picked');
	const uploader = uploaderFor(place, parallel);
	const task = uploader.upload(file, {
		key: (_, unfinished) => unfinished?.key ?? key,
		...(partSize && { partSize }),
	});
	let stored = 0;
	task.on('part', ({ status }) => {
		if (status !== 'stored' || ++stored !== midway?.afterParts) return;
		if (midway.does === 'reload') location.reload();
		else void task.abort();
	});
	const outcome = await outcomeOf(task);
	if (midway?.does === 'abort') await task.abort();
	await uploader.close();
	return { ...outcome, state: task.state };
}

async function uploadSmall(place: Place, { prefix, sizes }: SmallFiles): Promise<readonly Outcome[]> {
	const uploader = uploaderFor(place);
	const options = (at: number): UploadOptions => ({ key: `${prefix}${at}` });
	const outcomes = await Promise.all(
		sizes.map((size, at) => outcomeOf(uploader.upload(new Blob(randomPieces(size)), options(at)))),
	);
	await uploader.close();
	return outcomes;
}

function randomPieces(size: number): Uint8Array<ArrayBuffer>[] {
	const pieces = [];
	for (let left = size; left > 0; left -= RANDOM_AT_ONCE)
		pieces.push(crypto.getRandomValues(new Uint8Array(Math.min(left, RANDOM_AT_ONCE))));
	return pieces;
}

async function outcomeOf(task: UploadTask): Promise<Outcome> {
	const begun = performance.now();
	const warnings: string[] = [];
	const counts = { sent: 0, held: 0, retries: 0 };
	task.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
	task.on('retry', () => counts.retries++);
	task.on('part', ({ status, resumed }) => {
		if (status === 'stored') counts[resumed ? 'held' : 'sent']++;
	});
	const end = await task.result.then(
		(result) => ({ result }),
		(error: unknown) => ({ error: wordsOf(error) }),
	);
	return { state: task.state, ...end, ...counts, warnings, ms: performance.now() - begun };
}

function wordsOf(error: unknown): string {
	if (!isUploadError(error)) return String(error);
	const { code, status, ossCode, ec, requestId, message } = error;
	return [code, status, ossCode, ec, message, requestId && `(request ${requestId})`]
		.filter(Boolean)
		.join(' ');
}

window.real = {
	upload,
	uploadSmall,
	async diagnose(place, prefix) {
		const uploader = uploaderFor(place);
		const { ok, findings } = await diagnose(uploader, { write: { prefix, delete: true } });
		await uploader.close();
		return { ok, findings };
	},
	protocols(origin) {
		const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
		const ours = entries.filter(({ name }) => name.startsWith(origin));
		return [...new Set(ours.map(({ nextHopProtocol }) => nextHopProtocol))];
	},
};
