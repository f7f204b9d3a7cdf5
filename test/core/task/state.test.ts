import { describe, expect, test } from 'vitest';
import { isFinal, reduce, type TaskState } from '../../../src/core/task/state.js';

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
		['uploading', 'checking'],
		['checking', 'uploading'],
		['uploading', 'stopped'],
		['failed', 'aborted'],
		['stopped', 'aborted'],
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
		['aborted', 'stopped'],
		['stopped', 'failed'],
		['done', 'aborted'],
		['aborted', 'waiting'],
	])('%s never becomes %s', (from, to) => {
		expect(reduce(from, to)).toBe(from);
	});

	test('done, failed, stopped and aborted are final, and nothing else is', () => {
		const running = [
			'waiting',
			'preparing',
			'uploading',
			'paused',
			'offline',
			'checking',
			'completing',
		] as const;
		expect(running.some(isFinal)).toBe(false);
		expect((['done', 'failed', 'stopped', 'aborted'] as const).every(isFinal)).toBe(true);
	});
});
