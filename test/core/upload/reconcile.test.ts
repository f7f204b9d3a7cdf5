import { describe, expect, test } from 'vitest';
import type { ListedPart, UploadedPart } from '../../../src/core/model.js';
import { planOf } from '../../../src/core/upload/plan.js';
import { fitting, reconcile } from '../../../src/core/upload/reconcile.js';

const plan = planOf(250, 100);
const recorded = (partNumber: number, over: Partial<UploadedPart> = {}): UploadedPart => ({
	partNumber,
	size: partNumber === 3 ? 50 : 100,
	etag: `"E${partNumber}"`,
	crc64: String(partNumber),
	verified: true,
	...over,
});
const listed = (partNumber: number, over: Partial<ListedPart> = {}): ListedPart => ({
	partNumber,
	size: partNumber === 3 ? 50 : 100,
	etag: `"E${partNumber}"`,
	crc64: String(partNumber),
	...over,
});

describe('reconcile', () => {
	test('a part with the same ETag and exact size stays', () => {
		const { stored, lost, unrecorded } = reconcile(plan, [recorded(1), recorded(3)], [listed(1), listed(3)]);
		expect([...stored.keys()]).toEqual([1, 3]);
		expect(lost).toEqual([]);
		expect(unrecorded.size).toBe(0);
	});

	test.each([
		['not listed', recorded(1), []],
		['of another ETag', recorded(1), [listed(1, { etag: '"other"' })]],
		['of another size', recorded(1), [listed(1, { size: 99 })]],
		['of another checksum', recorded(1), [listed(1, { crc64: '77' })]],
		['without bytes (zero-byte parts are accepted silently)', recorded(1), [listed(1, { size: 0 })]],
	])('a recorded part is lost when it is %s', (_, part, list) => {
		const { stored, lost } = reconcile(plan, [part], list);
		expect(stored.size).toBe(0);
		expect(lost).toEqual([part]);
	});

	test('a listed part that nothing recorded is kept apart, to be compared', () => {
		const { stored, unrecorded } = reconcile(plan, [], [listed(2)]);
		expect(stored.size).toBe(0);
		expect(unrecorded.get(2)).toEqual(listed(2));
	});

	test('the tail rule holds for the last part of the plan, not for the highest listed', () => {
		const { unrecorded } = reconcile(plan, [], [listed(1), listed(2, { size: 50 })]);
		expect([...unrecorded.keys()]).toEqual([1]);
	});

	test('a listed part beyond the plan is left alone', () => {
		expect(reconcile(plan, [], [listed(4)]).unrecorded.size).toBe(0);
	});

	test('an ETag that CORS had hidden is supplied when the checksums agree', () => {
		const { stored } = reconcile(plan, [recorded(1, { etag: undefined, verified: false })], [listed(1)]);
		expect(stored.get(1)).toEqual(recorded(1));
	});

	test('without ETag and without a listed checksum nothing tells that it is our part', () => {
		const part = recorded(1, { etag: undefined });
		const { lost, unrecorded } = reconcile(plan, [part], [listed(1, { crc64: undefined })]);
		expect(lost).toEqual([part]);
		expect(unrecorded.has(1)).toBe(true);
	});
});

test('fitting drops recorded parts of a wrong size or beyond the plan', () => {
	const parts = [recorded(1), recorded(2, { size: 99 }), recorded(3), recorded(4)];
	expect([...fitting(plan, parts).keys()]).toEqual([1, 3]);
});
