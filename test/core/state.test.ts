import { describe, expect, test } from 'vitest';
import { isFinal, reduce, type TaskState } from '../../src/core/state.js';

describe('reduce', () => {
	test.each<[TaskState, TaskState]>([
		['waiting', 'preparing'],
		['preparing', 'uploading'],
		['uploading', 'offline'],
		['offline', 'uploading'],
		['uploading', 'completing'],
		['completing', 'preparing'],
		['completing', 'done'],
		['paused', 'waiting'],
	])('%s may become %s', (from, to) => {
		expect(reduce(from, to)).toBe(to);
	});

	test.each<[TaskState, TaskState]>([
		['paused', 'uploading'],
		['paused', 'preparing'],
		['paused', 'completing'],
		['done', 'failed'],
		['failed', 'done'],
		['aborted', 'failed'],
		['aborted', 'waiting'],
	])('%s never becomes %s', (from, to) => {
		expect(reduce(from, to)).toBe(from);
	});

	test('done, failed and aborted are final, and nothing else is', () => {
		const all: TaskState[] = ['waiting', 'preparing', 'uploading', 'paused', 'offline', 'completing'];
		expect(all.some(isFinal)).toBe(false);
		expect((['done', 'failed', 'aborted'] as const).every(isFinal)).toBe(true);
	});
});
