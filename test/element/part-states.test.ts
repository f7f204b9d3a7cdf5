import { expect, test } from 'vitest';
import { PART_STATES, PartStates } from '../../src/element/part-states.js';
import type { PartEvent } from '../../src/index.js';

const part = (partNumber: number, status: PartEvent['status'], resumed = false): PartEvent => ({
	partNumber,
	size: 1,
	status,
	resumed,
});
const countsOf = (parts: PartStates) =>
	Object.fromEntries(PART_STATES.map((state, index) => [state, parts.counts[index]]));
const none = { waiting: 0, sending: 0, stored: 0, resumed: 0, retrying: 0, failed: 0 };

test('parts are counted by what became of them', () => {
	const parts = new PartStates();
	parts.setTotal(5);
	parts.hear(part(1, 'stored', true), true);
	parts.hear(part(2, 'sending'), true);
	parts.hear(part(2, 'stored'), true);
	parts.hear(part(3, 'sending'), true);
	parts.hear(part(3, 'failed'), true);
	parts.hear(part(4, 'stored'), true);
	parts.hear(part(4, 'lost'), true);
	expect(countsOf(parts)).toEqual({ ...none, waiting: 2, stored: 1, resumed: 1, retrying: 1 });
	expect([0, 1, 2].map((index) => parts.at(index))).toEqual(['resumed', 'stored', 'retrying']);
});

test('a part that failed without the network waits for its turn', () => {
	const parts = new PartStates();
	parts.setTotal(1);
	parts.hear(part(1, 'sending'), true);
	parts.hear(part(1, 'failed'), false);
	expect(parts.at(0)).toBe('waiting');
});

test('a pause takes all requests back, and tells of each part that changed', () => {
	const parts = new PartStates();
	parts.setTotal(3);
	for (const number of [1, 3]) parts.hear(part(number, 'sending'), true);
	const told: (number | undefined)[] = [];
	parts.onChange = (index) => told.push(index);
	parts.replace('sending', 'waiting');
	expect(told).toEqual([0, 2]);
	expect(countsOf(parts)).toEqual({ ...none, waiting: 3 });
	parts.setTotal(3);
	expect(told).toHaveLength(2);
	parts.setTotal(4);
	expect(told.at(-1)).toBeUndefined();
});

test('a part beyond the plan changes nothing', () => {
	const parts = new PartStates();
	parts.setTotal(1);
	parts.hear(part(2, 'stored'), true);
	expect(countsOf(parts)).toEqual({ ...none, waiting: 1 });
});
