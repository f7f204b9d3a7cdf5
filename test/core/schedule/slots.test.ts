import { describe, expect, test } from 'vitest';
import { Slots } from '../../../src/core/schedule/slots.js';
import { settle } from '../../manual-clock.js';

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function gate() {
	let open = () => {};
	const closed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { closed, open };
}

describe('Slots', () => {
	test('at most so many run at a time, in the order in which they asked', async () => {
		const slots = new Slots(2);
		const started: number[] = [];
		const gates = [gate(), gate(), gate(), gate()];
		const works = gates.map(({ closed }, index) =>
			slots.use(never, () => {
				started.push(index);
				return closed;
			}),
		);
		await settle();
		expect(started).toEqual([0, 1]);
		gates[1]?.open();
		await works[1];
		await settle();
		expect(started).toEqual([0, 1, 2]);
		for (const { open } of gates) open();
		await Promise.all(works);
		expect(started).toEqual([0, 1, 2, 3]);
	});

	test('a failing work gives its slot back', async () => {
		const slots = new Slots(1);
		await expect(slots.use(never, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
		await expect(slots.use(never, async () => 'next')).resolves.toBe('next');
	});

	test('who waits and is aborted rejects with the reason and takes no slot', async () => {
		const slots = new Slots(1);
		const { closed, open } = gate();
		const first = slots.use(never, () => closed);
		const controller = new AbortController();
		const second = slots.use(controller.signal, async () => 'second');
		const third = slots.use(never, async () => 'third');
		const reason = new Error('mine');
		controller.abort(reason);
		await expect(second).rejects.toBe(reason);
		open();
		await first;
		await expect(third).resolves.toBe('third');
		await expect(slots.use(never, async () => 'fourth')).resolves.toBe('fourth');
	});
});
