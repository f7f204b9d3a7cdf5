import { expect, test } from 'vitest';

interface Report {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
}
interface Counts {
	readonly passed: number;
	readonly failed: number;
}

const script: {
	tally(report: Report | undefined, steps: { vitestCode: number; failedSteps: number }): Counts;
	closingLine(counts: Counts): string;
} = await import(new URL('../../scripts/closing-line.mjs', import.meta.url).href);

const line = (
	report: Partial<Report> | undefined,
	steps: { vitestCode?: number; failedSteps?: number } = {},
) =>
	script.closingLine(
		script.tally(report && { numPassedTests: 0, numFailedTests: 0, testResults: [], ...report }, {
			vitestCode: 0,
			failedSteps: 0,
			...steps,
		}),
	);

test('a green run says how many tests passed', () => {
	expect(line({ numPassedTests: 412 })).toBe('412 passed, 0 failed');
});

test('failed tests and failed steps are added', () => {
	expect(line({ numPassedTests: 400, numFailedTests: 12 }, { vitestCode: 1, failedSteps: 2 })).toBe(
		'400 passed, 14 failed',
	);
});

test('a file that could not be loaded counts as one failure', () => {
	const broken = { status: 'failed', assertionResults: [] };
	expect(line({ numPassedTests: 3, testResults: [broken] }, { vitestCode: 1 })).toBe('3 passed, 1 failed');
});

test('a file counts no second time when its own tests failed', () => {
	const file = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
	expect(line({ numPassedTests: 1, numFailedTests: 1, testResults: [file] }, { vitestCode: 1 })).toBe(
		'1 passed, 1 failed',
	);
});

test('a run that fails without a failed test (an unhandled rejection) has failed', () => {
	expect(line({ numPassedTests: 9 }, { vitestCode: 1 })).toBe('9 passed, 1 failed');
});

test.each([
	['in which no test ran', {}],
	['that wrote no report', undefined],
])('a run %s has failed', (_, report) => {
	expect(line(report)).toBe('0 passed, 1 failed');
});
