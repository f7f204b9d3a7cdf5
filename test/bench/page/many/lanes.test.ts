import { expect, test } from 'vitest';
import { inLanes } from '../../../../bench/page/many/lanes.js';

test('so many are under way at once, in order, and each is worked on once', async () => {
	const begun: string[] = [];
	const end: (() => void)[] = [];
	const done = inLanes(['a', 'b', 'c'], 2, (item, at) => {
		begun.push(`${item}${at}`);
		return new Promise<void>((resolve) => end.push(resolve));
	});
	expect(begun).toEqual(['a0', 'b1']);
	end[1]?.();
	await Promise.resolve();
	await Promise.resolve();
	expect(begun).toEqual(['a0', 'b1', 'c2']);
	end[0]?.();
	end[2]?.();
	await done;
	expect(begun).toHaveLength(3);
});

test('what one of them throws ends it', async () => {
	const failing = inLanes([1, 2, 3], 2, async (item) => {
		if (item === 2) throw new Error('Two');
	});
	await expect(failing).rejects.toThrow('Two');
});
