import { expect, test } from 'vitest';
import { abortable, scoped, withDeadline } from '../../src/base/abortable.js';
import { ManualClock, settle } from '../manual-clock.js';

test('work that does not heed the signal is left alone at the moment of the abort', async () => {
	const controller = new AbortController();
	const waiting = abortable(controller.signal, new Promise(() => {}));
	const reason = new Error('mine');
	controller.abort(reason);
	await expect(waiting).rejects.toBe(reason);
});

test('work that fails after its signal was aborted, by itself even, leaves no unhandled rejection', async () => {
	const unhandled: unknown[] = [];
	const note = (error: unknown) => unhandled.push(error);
	process.on('unhandledRejection', note);
	try {
		const controller = new AbortController();
		const reason = new Error('mine');
		const work = async () => {
			controller.abort(reason);
			await settle();
			throw new Error('too late');
		};
		await expect(abortable(controller.signal, work())).rejects.toBe(reason);
		await settle();
		await settle();
		expect(unhandled).toEqual([]);
	} finally {
		process.off('unhandledRejection', note);
	}
});

test('a scope ends with its work, and with the signal above it', async () => {
	const above = new AbortController();
	let inside: AbortSignal | undefined;
	await scoped(above.signal, async ({ signal }) => {
		inside = signal;
		expect(signal.aborted).toBe(false);
	});
	expect(inside?.aborted).toBe(true);

	const reason = new Error('mine');
	const waiting = scoped(above.signal, ({ signal }) => abortable(signal, new Promise(() => {})));
	above.abort(reason);
	await expect(waiting).rejects.toBe(reason);
});

test('a deadline that passes while the machine sleeps is none yet: half of it is left for the answer', async () => {
	const clock = new ManualClock();
	let answer = (_: string) => {};
	const limited = (ms: number) =>
		withDeadline(clock, ms, new AbortController().signal, () => {
			const answered = new Promise<string>((resolve) => {
				answer = resolve;
			});
			return answered;
		});
	const answered = limited(30_000);
	await clock.sleepThrough(3_600_000);
	answer('late');
	expect(await answered).toBe('late');

	const unanswered = limited(30_000);
	const failed = expect(unanswered).rejects.toMatchObject({
		code: 'Timeout',
		message: 'No answer within 30 s',
	});
	await clock.sleepThrough(3_600_000);
	await clock.advance(15_000);
	await failed;
});
