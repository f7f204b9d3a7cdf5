import { createUploader } from 'oss-resumable-upload';
import { webSha256 } from '../../../src/base/web-sha256.js';
import { crc64Of } from '../../../src/browser/hashing/main-thread-hasher.js';
import { sign } from '../../../src/oss/signing/signer-v4.js';
import { CREDENTIALS, uploaderOptions } from '../candidates/ours.js';
import { inLanes } from '../many/lanes.js';
import type { Settings, SkipSameReport, SkipSameWay } from '../task.js';

/** As our own requests are signed, so that browsers ask the bucket's CORS rule as often. */
const SIGNED = { authorization: 'bench', 'x-oss-date': 'bench', 'x-oss-security-token': 'bench' };

/** The files lie at the keys of `many/ours.ts`. */
export async function skipSame(
	files: readonly File[],
	{ by, ...settings }: Settings & { readonly by: SkipSameWay },
): Promise<SkipSameReport> {
	const startedAt = performance.now();
	await WAYS[by](files, settings);
	return { ms: performance.now() - startedAt };
}

type Way = (files: readonly File[], settings: Settings) => Promise<void>;

async function skip(files: readonly File[], settings: Settings): Promise<void> {
	const uploader = createUploader(uploaderOptions(settings));
	const results = files.map(
		(file, at) => uploader.upload(file, { key: `ours-${at}`, skipSame: true }).result,
	);
	for (const { skipped } of await Promise.all(results)) if (!skipped) throw new Error('One was sent');
}

const urlOf = (sink: string, at: number) => `${sink}/examplebucket/ours-${at}`;

async function head(url: string, headers: Record<string, string>): Promise<Response> {
	const response = await fetch(url, { method: 'HEAD', headers, cache: 'no-store' });
	if (!response.ok) throw new Error(`Not there: ${url}`);
	return response;
}

const askForEach: Way = (files, { sink, parallel = 5 }) =>
	inLanes(files, parallel, async (_, at) => {
		await head(urlOf(sink, at), SIGNED);
	});

/** What nobody can do without who compares a file with its object: the limit. */
const compareEach: Way = (files, { sink, parallel = 5 }) => {
	const sha256 = webSha256(crypto.subtle);
	return inLanes(files, parallel, async (file, at) => {
		const { size } = file;
		const reading = file.arrayBuffer();
		const request = { method: 'HEAD', bucket: 'examplebucket', key: `ours-${at}`, region: 'cn-hangzhou' };
		const headers = await sign(
			{ ...request, query: {}, headers: {}, credentials: CREDENTIALS, time: Date.now() },
			sha256,
		);
		const answer = await head(urlOf(sink, at), headers);
		const bytes = new Uint8Array(await reading);
		const isSame = answer.headers.get('x-oss-hash-crc64ecma') === crc64Of(bytes) && bytes.length === size;
		if (!isSame) throw new Error('Another file');
	});
};

const WAYS: Readonly<Record<SkipSameWay, Way>> = { heads: askForEach, bare: compareEach, ours: skip };
