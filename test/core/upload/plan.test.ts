import { describe, expect, test } from 'vitest';
import { LIMITS, partLength, partRange, planOf, planUpload } from '../../../src/core/upload/plan.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

describe('planUpload', () => {
	test('a plan of 10,050 parts is raised to at most 10,000', () => {
		const plan = planUpload(10_050 * 100 * KiB, 100 * KiB);
		expect(plan.partCount).toBeLessThanOrEqual(10_000);
		expect(plan.partSize).toBeGreaterThan(100 * KiB);
		expect(plan.partSize % KiB).toBe(0);
	});

	test('a part size that needs exactly 10,000 parts is kept', () => {
		expect(planUpload(10_000 * MiB, MiB)).toEqual({ size: 10_000 * MiB, partSize: MiB, partCount: 10_000 });
		expect(planUpload(10_000 * MiB + 1, MiB).partCount).toBeLessThanOrEqual(10_000);
	});

	test.each([
		[0, 4 * MiB],
		[256 * MiB, 4 * MiB],
		[256 * MiB + 1, 8 * MiB],
		[GiB, 8 * MiB],
		[GiB + 1, 16 * MiB],
		[10 * GiB, 32 * MiB],
		[62.5 * GiB, 64 * MiB],
		[62.5 * GiB + 1, 128 * MiB],
		[100 * GiB, 128 * MiB],
	])(
		"'auto' plans %d bytes in parts of %d: at least 4 MiB, at most 1,000 of them and 16 for each MiB of one",
		(size, partSize) => {
			const { partCount, ...plan } = planUpload(size, 'auto');
			expect(plan).toMatchObject({ partSize });
			expect(partCount).toBeLessThanOrEqual(Math.min(1000, (16 * partSize) / MiB));
		},
	);

	const largest = LIMITS.maxParts * LIMITS.maxPartSize;

	test.each([
		[4000 * GiB, 4 * GiB],
		[4000 * GiB + 1, 4 * GiB],
		[8000 * GiB, 4 * GiB],
		[40_000 * GiB, 4 * GiB],
		[40_000 * GiB + 1, 4 * GiB + KiB],
		[largest - 1, 5 * GiB],
		[largest, 5 * GiB],
	])("'auto' plans %d bytes in parts of %d, never above the 5 GiB that OSS takes [C1]", (size, partSize) => {
		const plan = planUpload(size, 'auto');
		expect(plan.partSize).toBe(partSize);
		expect(plan.partCount).toBeLessThanOrEqual(LIMITS.maxParts);
	});

	test.each([100 * KiB, 100 * KiB + 1, 5 * GiB - 1, 5 * GiB])(
		'parts of %d bytes, asked for, are raised where they must be, in whole KiB, and not above 5 GiB [C1]',
		(partSize) => {
			for (const size of [largest, largest - 1, largest - 10_000 * KiB, largest - 10_000 * KiB + 1]) {
				const plan = planUpload(size, partSize);
				expect(plan.partSize).toBeLessThanOrEqual(LIMITS.maxPartSize);
				expect(plan.partSize === partSize || plan.partSize % KiB === 0).toBe(true);
				expect(plan.partCount).toBeLessThanOrEqual(LIMITS.maxParts);
			}
		},
	);
});

describe('partRange', () => {
	test.each([
		['an exact multiple', 3 * MiB, 3, MiB],
		['a tail of one byte', 3 * MiB + 1, 4, 1],
		['a tail one byte short', 3 * MiB - 1, 3, MiB - 1],
		['a file smaller than a part', 5, 1, 5],
		['an empty file', 0, 1, 0],
	])('%s: the parts cover the file without gap or overlap', (_, size, partCount, lastLength) => {
		const plan = planOf(size, MiB);
		expect(plan.partCount).toBe(partCount);
		let end = 0;
		for (let partNumber = 1; partNumber <= partCount; partNumber++) {
			const range = partRange(plan, partNumber);
			expect(range.start).toBe(end);
			end = range.end;
		}
		expect(end).toBe(size);
		expect(partLength(plan, partCount)).toBe(lastLength);
	});
});
