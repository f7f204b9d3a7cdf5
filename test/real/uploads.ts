import { pick } from '../stories/browser.js';
import type { Answer } from './bucket.js';
import type { Outcome, Way } from './page/main.js';
import { checksumsOf, type DiskFile, type Stage } from './stage.js';
import type { Step } from './step.js';

const KiB = 1024;
const MiB = 1024 * KiB;
/** Until the page has been loaded anew. */
const RELOAD_MS = 10 * 60_000;

/** What the library is for, each in the page and then looked at from outside of it. */
export const UPLOADS: readonly Step[] = [
	{ title: 'A file of several parts', run: wholeFile },
	{ title: 'An upload goes on after the page was reloaded', run: resumed },
	{ title: 'An upload that is aborted leaves nothing behind', run: aborted },
	{ title: 'Small files', run: smallFiles },
];

async function wholeFile(stage: Stage, seen: (line: string) => void): Promise<void> {
	// Signatures and addresses encode it differently.
	const key = `${stage.prefix}a film + 电影 (1).bin`;
	const outcome = await upload(stage, { key });
	seen(`${wordsOf(outcome)}, ${rateOf(stage.file.size, outcome.ms)}`);
	await expectObject(stage, key, outcome, seen);
}

async function resumed(stage: Stage, seen: (line: string) => void): Promise<void> {
	const { page, ledger, file } = stage;
	const key = `${stage.prefix}resumed.bin`;
	const way = { key, partSize: MiB, parallel: 2 };
	const start = ledger.length;
	const loaded = page.waitForEvent('load', { timeout: RELOAD_MS });
	const ended = upload(stage, { ...way, midway: { afterParts: 4, does: 'reload' } }).then(
		(outcome) => {
			throw new Error(`It ended before the page was reloaded: ${wordsOf(outcome)}`);
		},
		// The page is gone, and with it the call.
		() => loaded,
	);
	await Promise.race([loaded, ended]);
	const outcome = await upload(stage, way);
	seen(`The second visit: ${wordsOf(outcome)}`);
	const uploads = ledger.uploads(start);
	expectThat(uploads.length === 1, `both visits have one upload id, and there are ${uploads.length}`);
	expectThat(outcome.held >= 1, 'parts of the first visit are used');
	const parts = Math.ceil(file.size / MiB);
	expectThat(outcome.held + outcome.sent === parts, `of ${parts} parts none is sent twice`);
	await expectObject(stage, key, outcome, seen);
}

async function aborted(stage: Stage, seen: (line: string) => void): Promise<void> {
	const { bucket, ledger } = stage;
	const key = `${stage.prefix}aborted.bin`;
	const start = ledger.length;
	const midway = { afterParts: 1, does: 'abort' } as const;
	const outcome = await upload(stage, { key, partSize: MiB, parallel: 2, midway });
	for (const warning of outcome.warnings) seen(warning);
	expectThat(outcome.state === 'aborted', `its state is aborted, and it is ${outcome.state}`);
	const uploads = ledger.uploads(start);
	expectThat(uploads.length === 1, `it has one upload id, and there are ${uploads.length}`);
	for (const { uploadId } of uploads) {
		const parts = await bucket.ask('GET', key, { query: { uploadId } });
		seen(`ListParts: ${parts}`);
		expectThat(parts.xml('Code') === 'NoSuchUpload', 'ListParts knows it no more');
	}
	seen(await listedBelow(stage));
	const head = await bucket.ask('HEAD', key);
	expectThat(head.status === 404, `no object lies there, and HEAD was answered ${head}`);
}

/** A right on the whole bucket, which tokens of pages should not have. */
async function listedBelow({ bucket, prefix }: Stage): Promise<string> {
	const answer = await bucket.ask('GET', undefined, { query: { uploads: '', prefix } });
	if (answer.status === 403) return `ListMultipartUploads is not allowed to this token: ${answer}`;
	const count = answer.text.split('<Upload>').length - 1;
	expectThat(answer.status === 200 && count === 0, `no upload is listed: ${count}, ${answer}`);
	return `ListMultipartUploads lists none: ${answer}`;
}

async function smallFiles(stage: Stage, seen: (line: string) => void): Promise<void> {
	const { page, place, bucket } = stage;
	const sizes = [0, 1, ...Array.from({ length: 17 }, () => 20 * KiB), 3 * MiB];
	const files = { prefix: `${stage.prefix}small-`, sizes };
	const begun = performance.now();
	const outcomes = await page.evaluate(([to, what]) => window.real.uploadSmall(to, what), [
		place,
		files,
	] as const);
	const ms = performance.now() - begun;
	const total = sizes.reduce((sum, size) => sum + size, 0);
	seen(`${sizes.length} files, five at once, in ${seconds(ms)}, ${rateOf(total, ms)}`);
	for (const [at, outcome] of outcomes.entries()) {
		const { crc64 } = resultOf(outcome);
		expectThat(outcome.result?.verified === 'object', `file ${at} is verified: ${wordsOf(outcome)}`);
		const head = await bucket.need('HEAD', `${files.prefix}${at}`);
		expectHead(head, { size: sizes[at] ?? 0, crc64: String(crc64) });
	}
	seen(`HEAD tells size and CRC64 of each; the last: request ${outcomes.at(-1)?.result?.requestId}`);
}

async function upload({ page, place, file }: Stage, way: Way): Promise<Outcome> {
	await pick(page, file.path);
	return page.evaluate(([to, how]) => window.real.upload(to, how), [place, way] as const);
}

/** What lies there is the file: by HEAD, and by its bytes. */
async function expectObject(
	{ bucket, file }: Stage,
	key: string,
	outcome: Outcome,
	seen: (line: string) => void,
): Promise<void> {
	const { verified } = resultOf(outcome);
	expectThat(verified === 'object', `it is verified by the object's checksum, and not by ${verified}`);
	const head = await bucket.need('HEAD', key);
	expectHead(head, file);
	seen(`HEAD: ${file.size} bytes, CRC64 ${file.crc64}, ETag ${head.headers.get('etag')}: ${head}`);
	const get = await bucket.need('GET', key);
	const { sha256 } = checksumsOf(get.body);
	expectThat(sha256 === file.sha256, `the bytes are those of the file: SHA-256 ${sha256}, ${get}`);
	seen(`GET: SHA-256 ${sha256}: ${get}`);
}

function expectHead(head: Answer, { size, crc64 }: Pick<DiskFile, 'size' | 'crc64'>): void {
	const found = [head.headers.get('content-length'), head.headers.get('x-oss-hash-crc64ecma')].join(', ');
	const right = [size, crc64].join(', ');
	expectThat(found === right, `HEAD tells size and CRC64 ${right}, and told ${found}: ${head}`);
}

function resultOf(outcome: Outcome): NonNullable<Outcome['result']> {
	if (outcome.result) return outcome.result;
	throw new Error(wordsOf(outcome));
}

/** @throws Error that says what was to be so */
export function expectThat(isSo: boolean, what: string): void {
	if (!isSo) throw new Error(`Expected that ${what}`);
}

export function wordsOf({ state, result, error, sent, held, retries, warnings, ms }: Outcome): string {
	const parts = [
		sent && `${sent} parts sent`,
		held && `${held} held before`,
		retries && `${retries} retries`,
	];
	const end = result ? `verified ${result.verified}, request ${result.requestId}` : error;
	return [state, ...parts, `in ${seconds(ms)}`, end, ...warnings].filter(Boolean).join('; ');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const rateOf = (bytes: number, ms: number): string => `${(bytes / MiB / (ms / 1000)).toFixed(2)} MiB/s`;
