import { expect, test } from 'vitest';
import { settle } from '../manual-clock.js';
import { PART, scriptedTask } from './scripted-world.js';

const blob = new Blob([new Uint8Array(3 * PART).fill(7)]);
const never = () => new Promise<never>(() => {});

test('a fingerprint function that hangs, before the first part or before Complete, does not hold up abort()', async () => {
	for (const hangsAt of [1, 2]) {
		let asked = 0;
		const fingerprint = () => (++asked === hangsAt ? never() : Promise.resolve('f'));
		const { task } = scriptedTask(blob, {}, { fingerprint });
		await settle();
		expect(asked).toBe(hangsAt);
		await task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
	}
});
