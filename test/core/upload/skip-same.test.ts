import { beforeAll, expect, test } from 'vitest';
import type { Digest } from '../../../src/core/model.js';
import { settle } from '../../manual-clock.js';
import { hanging, scriptedTask } from '../scripted-world.js';

// Loaded late by those who need it: no clock that is moved by hand brings it.
beforeAll(() => import('../../../src/core/upload/skip-same.js'));

/** How many digests were asked for while OSS is still to say what lies at the key. */
async function hashedMeanwhile(size: number): Promise<number> {
	let asked = 0;
	const { task } = scriptedTask(
		new Blob([new Uint8Array(size)]),
		{ head: hanging },
		{
			skipSame: true,
			partSize: size,
			digest: () => {
				asked++;
				return new Promise<Digest>(() => {});
			},
		},
	);
	await settle();
	expect(task.state).toBe('preparing');
	await task.abort();
	return asked;
}

test('a small file is hashed while OSS is asked for the object, a larger one only when its size is the same', async () => {
	expect(await hashedMeanwhile(256 * 1024)).toBe(1);
	expect(await hashedMeanwhile(256 * 1024 + 1)).toBe(0);
});
