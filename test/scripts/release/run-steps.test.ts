import { expect, test } from 'vitest';

interface Step {
	readonly title: string;
	work(): Promise<string | undefined>;
	readonly isLong?: boolean;
	readonly isBasis?: boolean;
}
interface How {
	readonly isQuick: boolean;
	say(line: string): void;
	now(): number;
}

const script: {
	runSteps(steps: readonly Step[], how: How): Promise<{ passed: number; failed: number; skipped: number }>;
	refuse(problems: readonly string[]): void;
} = await import(new URL('../../../scripts/release/run-steps.mjs', import.meta.url).href);

async function run(steps: readonly Step[], isQuick = false) {
	const lines: string[] = [];
	let time = 0;
	// Each look at the clock is 1.5 seconds after the one before.
	const how = { isQuick, say: (line: string) => void lines.push(line), now: () => (time += 1500) };
	return { counts: await script.runSteps(steps, how), lines };
}

const fine = (title: string, detail?: string): Step => ({ title, work: async () => detail });
const broken = (title: string): Step => ({
	title,
	work: async () => script.refuse(['one thing', 'another']) as undefined,
});

test('each step has a line with its seconds, and what it has to say', async () => {
	const { counts, lines } = await run([fine('Pack', '250 KB'), broken('Versions'), fine('Build')]);
	expect(lines).toEqual([
		'✓ Pack, 1.5 s: 250 KB',
		'✗ Versions, 1.5 s: \n    one thing\n    another',
		'✓ Build, 1.5 s',
	]);
	expect(counts).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

test('what rests on a step that failed is not tried, and has failed', async () => {
	let tried = 0;
	const later = { title: 'Build', work: async () => String(++tried) };
	const { counts, lines } = await run([{ ...broken('Clone'), isBasis: true }, later]);
	expect(tried).toBe(0);
	expect(lines.at(-1)).toBe('✗ Build: not tried without this: Clone');
	expect(counts).toEqual({ passed: 0, failed: 2, skipped: 0 });
});

test('the long ones are left out where that is asked for, and it is said', async () => {
	const steps = [fine('Build'), { ...broken('npm test'), isLong: true }];
	expect(await run(steps, true)).toEqual({
		lines: ['✓ Build, 1.5 s', '– npm test: left out by --quick'],
		counts: { passed: 1, failed: 0, skipped: 1 },
	});
	expect((await run(steps)).counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
});
