/**
 * Counts a whole test run: the tests of vitest's JSON report, and one failure for each step that failed.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: readonly { status: string,
 *   assertionResults: readonly { status: string }[] }[] } | undefined} report undefined when vitest wrote none
 * @param {{ vitestCode: number, failedSteps: number }} steps
 */
export function tally(report, { vitestCode, failedSteps }) {
	const passed = report?.numPassedTests ?? 0;
	// A file that could not be loaded has failed, though no test of it has.
	const brokenFiles = (report?.testResults ?? []).filter(
		({ status, assertionResults }) =>
			status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
	).length;
	const failedTests = (report?.numFailedTests ?? 0) + brokenFiles;
	// A run that fails without a failed test (an unhandled rejection), or in which no test ran, proves nothing.
	const failedRun = failedTests === 0 && (vitestCode !== 0 || passed === 0) ? 1 : 0;
	return { passed, failed: failedTests + failedRun + failedSteps };
}

/** @param {{ passed: number, failed: number }} counts */
export const closingLine = ({ passed, failed }) => `${passed} passed, ${failed} failed`;
