import { setTimeout as pause } from 'node:timers/promises';
import { Crc64 } from '../../emulator/store/crc64.js';
import { lowestAccepted } from './lowest-accepted.js';
import { Untried } from './report.js';
import type { Stage } from './stage.js';
import type { Question } from './step.js';

const KiB = 1024;
/** What two whole seconds need to be told apart. */
const APART_MS = 3000;
const CRC64 = 'x-oss-hash-crc64ecma';
/** Bits per second; the documents say it of one page, comments of an SDK 245,760. */
const SURE_LIMIT = 819_200;
/** How long a limited request should take. */
const LIMITED_S = 4;

/** What the documents leave open, or say in two ways. */
export const QUESTIONS: readonly Question[] = [
	{ title: 'Is Last-Modified that of Initiate or of Complete?', ask: lastModified },
	{ title: 'Do ListParts and Complete tell a CRC64?', ask: toldChecksums },
	{ title: `Does OSS check a CRC64 that is sent along (${CRC64})?`, ask: sentChecksum },
	{ title: 'What is the lowest traffic limit?', ask: trafficLimit },
	{ title: 'HTTP/2 or not?', ask: protocol },
];

async function lastModified({ bucket, prefix }: Stage, seen: (line: string) => void): Promise<string> {
	const key = `${prefix}last-modified.bin`;
	const begun = await bucket.need('POST', key, { query: { uploads: '' } });
	await pause(APART_MS);
	const part = await putPart(bucket, key, begun.xml('UploadId') ?? '');
	await pause(APART_MS);
	const completed = await complete(bucket, key, begun.xml('UploadId') ?? '', part.headers.get('etag') ?? '');
	const head = await bucket.need('HEAD', key);
	const modified = Date.parse(head.headers.get('last-modified') ?? '');
	seen(`Initiate at ${iso(begun.date)}: ${begun}`);
	seen(`UploadPart at ${iso(part.date)}: ${part}`);
	seen(`Complete at ${iso(completed.date)}: ${completed}`);
	seen(`Last-Modified ${iso(modified)}: ${head}`);
	const isOf = (date: number) => Math.abs(modified - date) <= 1000;
	const found = [
		isOf(begun.date) && 'Initiate',
		isOf(part.date) && 'the part',
		isOf(completed.date) && 'Complete',
	];
	return `Of ${found.filter(Boolean).join(' and ') || 'none of them'}.`;
}

async function toldChecksums({ bucket, prefix }: Stage, seen: (line: string) => void): Promise<string> {
	const key = `${prefix}checksums.bin`;
	const begun = await bucket.need('POST', key, { query: { uploads: '' } });
	const uploadId = begun.xml('UploadId') ?? '';
	const part = await putPart(bucket, key, uploadId);
	const list = await bucket.ask('GET', key, { query: { uploadId } });
	const completed = await complete(bucket, key, uploadId, part.headers.get('etag') ?? '');
	seen(`ListParts: HashCrc64ecma ${list.xml('HashCrc64ecma')}: ${list}`);
	seen(`Complete: ${CRC64} ${completed.headers.get(CRC64)}: ${completed}`);
	const ofList = list.status === 403 ? 'not allowed to be asked' : yesOrNo(list.xml('HashCrc64ecma'));
	return `ListParts: ${ofList}; Complete: ${yesOrNo(completed.headers.get(CRC64))}.`;
}

async function sentChecksum({ bucket, prefix }: Stage, seen: (line: string) => void): Promise<string> {
	const body = new Uint8Array(KiB).fill(1);
	const right = String(new Crc64().update(body).digest());
	const answers: Record<string, string> = {};
	const key = `${prefix}sent-checksum.bin`;
	const begun = await bucket.need('POST', key, { query: { uploads: '' } });
	const query = { partNumber: '1', uploadId: begun.xml('UploadId') ?? '' };
	for (const [operation, to] of [['PutObject', {}] as const, ['UploadPart', { query }] as const]) {
		const [kept, refused] = [
			await bucket.ask('PUT', key, { ...to, body, headers: { [CRC64]: right } }),
			await bucket.ask('PUT', key, { ...to, body, headers: { [CRC64]: '1' } }),
		];
		seen(`${operation} with the right one: ${kept}`);
		seen(`${operation} with a wrong one: ${refused}`);
		answers[operation] =
			kept.status !== 200
				? 'refuses the header'
				: refused.status === 200
					? 'does not look at it'
					: 'checks it';
	}
	return `PutObject ${answers.PutObject}; UploadPart ${answers.UploadPart}.`;
}

async function trafficLimit({ bucket, prefix }: Stage, seen: (line: string) => void): Promise<string> {
	const key = `${prefix}traffic-limit.bin`;
	const put = (limit: number, bytes: number) => {
		const headers = { 'x-oss-traffic-limit': String(limit) };
		return bucket.ask('PUT', key, { body: new Uint8Array(bytes), headers });
	};
	let refusal = 'Nothing is refused';
	const accepts = async (limit: number) => {
		// A single byte: at the lowest limits more would take hours.
		const answer = await put(limit, 1);
		if (answer.status === 200) return true;
		refusal = `${limit} is refused: ${answer}`;
		if (answer.status === 400) return false;
		throw new Untried(refusal);
	};
	if (!(await accepts(SURE_LIMIT))) throw new Untried(refusal);
	const lowest = await lowestAccepted(SURE_LIMIT, accepts);
	seen(refusal);
	const bytes = Math.ceil((lowest / 8) * LIMITED_S);
	const begun = performance.now();
	const slow = await put(lowest, bytes);
	const took = ((performance.now() - begun) / 1000).toFixed(1);
	seen(`${bytes} bytes, which at ${lowest} bit/s are ${LIMITED_S} s, took ${took} s: ${slow}`);
	return `${lowest} bit/s is the lowest that is accepted.`;
}

async function protocol({ page, ledger }: Stage, seen: (line: string) => void): Promise<string> {
	const told = await page.evaluate((origin) => window.real.protocols(origin), ledger.origin);
	seen(
		`The page itself is told (nextHopProtocol): ${told.map((each) => each || 'nothing').join(', ') || 'nothing'}`,
	);
	const used = ledger.protocols();
	if (used.length === 0) throw new Untried('The page was answered by nobody');
	return `${used.join(', ')}, as DevTools tell (HTTP/3 is off in this browser).`;
}

const putPart = (bucket: Stage['bucket'], key: string, uploadId: string) =>
	bucket.need('PUT', key, { query: { partNumber: '1', uploadId }, body: new Uint8Array(KiB) });

const complete = (bucket: Stage['bucket'], key: string, uploadId: string, etag: string) =>
	bucket.need('POST', key, {
		query: { uploadId },
		body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`,
	});

const iso = (date: number): string => (Number.isNaN(date) ? 'an unknown time' : new Date(date).toISOString());
const yesOrNo = (value: string | null | undefined): string => (value ? 'yes' : 'no');
