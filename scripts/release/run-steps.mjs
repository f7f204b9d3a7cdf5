/**
 * @typedef {object} Step
 * @property {string} title
 * @property {() => Promise<string | undefined | void>} work answers what is worth saying; throws what is wrong
 * @property {boolean} [isLong] left out where that is asked for
 * @property {boolean} [isBasis] where it fails, the steps after it cannot be tried
 */

/**
 * Runs one step after another, and says a line of each.
 *
 * @param {readonly Step[]} steps
 * @param {{ isQuick: boolean, say: (line: string) => void, now: () => number }} how `now` in milliseconds
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runSteps(steps, { isQuick, say, now }) {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	let missing;
	for (const step of steps) {
		const { mark, words } = await tryStep(step, { isQuick, missing, now });
		counts[mark]++;
		if (mark === 'failed' && step.isBasis) missing ??= step.title;
		say(`${SIGNS[mark]} ${step.title}${words}`);
	}
	return counts;
}

const SIGNS = { passed: '✓', failed: '✗', skipped: '–' };

async function tryStep({ work, isLong }, { isQuick, missing, now }) {
	if (isQuick && isLong) return { mark: 'skipped', words: ': left out by --quick' };
	if (missing) return { mark: 'failed', words: `: not tried without this: ${missing}` };
	const begun = now();
	const seconds = () => `, ${((now() - begun) / 1000).toFixed(1)} s`;
	try {
		const detail = await work();
		return { mark: 'passed', words: seconds() + (detail ? `: ${detail}` : '') };
	} catch (error) {
		return { mark: 'failed', words: `${seconds()}: ${error.message || error}` };
	}
}

/**
 * Throws where there are problems, each on a line of its own.
 *
 * @param {readonly string[]} problems
 */
export function refuse(problems) {
	if (problems.length > 0) throw new Error(problems.map((problem) => `\n    ${problem}`).join(''));
}
