import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RealSettings } from '../../scripts/real-settings.mjs';
import { DIAGNOSIS } from './diagnosis.js';
import { QUESTIONS } from './questions.js';
import { removeAll } from './removal.js';
import { Report, Untried } from './report.js';
import { openStage, type Stage } from './stage.js';
import type { Question, Step } from './step.js';
import { Tokens } from './tokens.js';
import { UPLOADS } from './uploads.js';

const MINUTE_MS = 60_000;
/** Of one step, on a line of some ten KB a second. */
const STEP_MS = 60 * MINUTE_MS;

/**
 * Uploads to the bucket, looks at what lies there, asks what the documents leave open, and removes what it can. Says what it
 * sees, and writes it down. Whether all went well.
 *
 * Rejects when it could not even begin.
 */
export async function testReal(settings: RealSettings): Promise<boolean> {
	const tokens = new Tokens(settings.stsUrl);
	const report = new Report(
		(line) => void process.stdout.write(`${line}\n`),
		() => tokens.secrets,
	);
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
	const stage = await openStage(settings, tokens);
	try {
		introduce(report, stage, tokens);
		await tryAll(report, stage, interrupted.signal);
	} finally {
		await clear(report, stage).finally(stage.close);
		report.appendix('Requests', stage.ledger.table());
		report.write(settings.report);
	}
	const { counts } = report;
	const others = `${counts.answered} questions answered, ${counts.untried} not tried; see ${settings.report}`;
	process.stdout.write(`\ntest:real: ${counts.passed} passed, ${counts.failed} failed; ${others}\n`);
	return counts.failed === 0;
}

function introduce(report: Report, { place, prefix, origin, browser, ledger }: Stage, tokens: Tokens): void {
	const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
	report.title(`What a real bucket answered`);
	report.fact(`${new Date().toISOString()}, ${name} ${version}, ${browser}, Node ${process.versions.node}`);
	report.fact(`Bucket ${place.bucket} in ${place.region}, at ${ledger.origin}`);
	report.fact(`Tokens of ${tokens.address}`);
	report.fact(`The page's origin, which the CORS rule has to name: ${origin}`);
	report.fact(`All keys begin with ${prefix}`);
}

async function tryAll(report: Report, stage: Stage, interrupted: AbortSignal): Promise<void> {
	report.section('Uploads');
	const isSound = await tryStep(report, stage, DIAGNOSIS, interrupted);
	for (const step of UPLOADS) {
		if (isSound) await tryStep(report, stage, step, interrupted);
		else report.outcome('untried', `${step.title}: see diagnose`);
	}
	report.section('Open questions');
	for (const question of QUESTIONS) await answer(report, stage, question, interrupted);
}

/** Rejects when it is too late, or interrupted: what there is by then is still removed. */
async function within<T>(interrupted: AbortSignal, work: () => Promise<T>): Promise<T> {
	const ended = new AbortController();
	const signal = AbortSignal.any([interrupted, ended.signal]);
	const limit = async (): Promise<never> => {
		await pause(STEP_MS, undefined, { signal }).catch(() => {
			throw new Error('Interrupted');
		});
		throw new Error(`It took more than ${STEP_MS / MINUTE_MS} minutes`);
	};
	if (interrupted.aborted) return limit();
	try {
		return await Promise.race([work(), limit()]);
	} finally {
		ended.abort();
	}
}

/** Whether it went well. */
async function tryStep(report: Report, stage: Stage, step: Step, interrupted: AbortSignal): Promise<boolean> {
	const seen: string[] = [];
	try {
		await within(interrupted, () => step.run(stage, (line) => seen.push(line)));
		report.outcome('passed', step.title, seen);
		return true;
	} catch (error) {
		report.outcome('failed', step.title, [wordsOf(error), ...seen]);
		return false;
	}
}

async function answer(
	report: Report,
	stage: Stage,
	question: Question,
	interrupted: AbortSignal,
): Promise<void> {
	const seen: string[] = [];
	try {
		const said = await within(interrupted, () => question.ask(stage, (line) => seen.push(line)));
		report.outcome('answered', `${question.title} ${said}`, seen);
	} catch (error) {
		const mark = error instanceof Untried ? 'untried' : 'failed';
		report.outcome(mark, question.title, [wordsOf(error), ...seen]);
	}
}

async function clear(report: Report, stage: Stage): Promise<void> {
	report.section('What is left');
	try {
		// What an interrupted step still sends would come after what removes it.
		await stage.page.close();
		const { objects, uploads, left, isVersioned } = await removeAll(stage);
		report.fact(`Removed: objects: ${objects}, unfinished uploads: ${uploads}.`);
		for (const each of left) report.fact(`Left: ${each}`);
		if (left.length > 0) report.fact('Remove it in the console: the token may not.');
		if (isVersioned) report.fact(`The bucket keeps versions: those below ${stage.prefix} stay.`);
	} catch (error) {
		report.fact(`Left: whatever lies below ${stage.prefix}, since removing failed: ${wordsOf(error)}`);
	}
}

/** Playwright's own words come before those of the page, and a stack after them. */
const wordsOf = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error)).split('\n    at ')[0] ?? '';
