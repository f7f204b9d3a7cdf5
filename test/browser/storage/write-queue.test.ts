import { expect, test } from 'vitest';
import { WriteQueue } from '../../../src/browser/storage/write-queue.js';

/** A queue whose writes take effect in `done` when they are let go, one by one. */
function openQueue() {
	const done: string[] = [];
	const gates: (() => void)[] = [];
	const pass = (name: string) =>
		new Promise<string>((resolve) => {
			gates.push(() => {
				done.push(name);
				resolve(name);
			});
		});
	const queue = new WriteQueue<string, string>(async (rows) => {
		await pass(rows.join('+'));
		return rows.map((row) => row.toUpperCase());
	});
	/** Ends the write that is under way; the next begins. */
	const next = async () => {
		gates.shift()?.();
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { queue, done, gates, pass, next };
}

test('rows that come while something is being written are written together, each with its own answer', async () => {
	const { queue, done, next } = openQueue();
	const first = queue.add('a');
	await undefined;
	const rest = [queue.add('b'), queue.add('c')];
	await next();
	expect(await first).toBe('A');
	await next();
	expect(await Promise.all(rest)).toEqual(['B', 'C']);
	expect(done).toEqual(['a', 'b+c']);
});

test('nothing overtakes anything', async () => {
	const { queue, done, pass, next, gates } = openQueue();
	const all = [
		queue.add('a'),
		queue.add('b'),
		queue.change(() => pass('delete')),
		queue.add('c'),
		queue.change(() => pass('create')),
		queue.add('d'),
	];
	await undefined;
	for (let turn = 0; turn < 5; turn++) {
		expect(gates.length).toBeLessThanOrEqual(1);
		await next();
	}
	expect(await Promise.all(all)).toEqual(['A', 'B', 'delete', 'C', 'create', 'D']);
	expect(done).toEqual(['a+b', 'delete', 'c', 'create', 'd']);
});

test('a write that fails fails alone', async () => {
	const { queue, next } = openQueue();
	const failed = queue.change(() => Promise.reject(new Error('full')));
	const after = queue.add('a');
	await expect(failed).rejects.toThrow('full');
	await next();
	expect(await after).toBe('A');
});

test('after a reset nothing waits for a write that never ends', async () => {
	const { queue } = openQueue();
	void queue.change(() => new Promise(() => {}));
	void queue.add('never');
	queue.reset();
	expect(await queue.change(async () => 'written')).toBe('written');
});
