import type { Finding } from 'oss-resumable-upload/diagnose';
import type { Stage } from './stage.js';
import type { Step } from './step.js';

/** First of all: what it finds broken would break every other step, in worse words. */
export const DIAGNOSIS: Step = { title: 'diagnose(uploader, { write })', run: diagnosed };

async function diagnosed(stage: Stage, seen: (line: string) => void): Promise<void> {
	const { page, place, prefix, origin } = stage;
	const { ok, findings } = await page.evaluate(([to, below]) => window.real.diagnose(to, below), [
		place,
		prefix,
	] as const);
	for (const finding of findings) seen(wordsOf(finding));
	if (findings.some(({ code, severity }) => isOfCors(code) && severity !== 'ok'))
		for (const line of ruleFor(origin)) seen(line);
	if (!ok) throw new Error('It finds what makes uploads fail');
}

const isOfCors = (code: string): boolean => /^(cors|expose)-/.test(code);

const wordsOf = ({ severity, code, message, fix, evidence }: Finding): string =>
	[`${severity} ${code}: ${message}`, evidence, fix].filter(Boolean).join(' | ');

/** The first rule that matches the origin decides: one for a page elsewhere is of no use here. */
const ruleFor = (origin: string): readonly string[] => [
	`The CORS rule to add for this page, above those that match it too:`,
	`sources ${origin}; methods PUT, POST, GET, HEAD, DELETE; allowed headers *;`,
	'exposed headers ETag, x-oss-request-id, x-oss-hash-crc64ecma; cache time-out 600 seconds',
];
