import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../src/browser/clock.js';
import type { KeptFiles } from '../src/kept-files.js';

let loads = 0;

beforeEach(() => {
	vi.resetModules();
	loads = 0;
	// A file of the library that the network does not let through once, and then does.
	vi.doMock('../src/file-keeper.js', async (importOriginal) => {
		if (++loads === 1) throw new TypeError('Failed to fetch dynamically imported module');
		return importOriginal();
	});
	vi.stubGlobal('navigator', { onLine: false });
});

afterEach(() => {
	vi.doUnmock('../src/file-keeper.js');
	vi.unstubAllGlobals();
});

async function keptFiles(): Promise<KeptFiles> {
	const loaded = await import('../src/kept-files.js');
	return new loaded.KeptFiles({
		...{ checkpoints: false, clock: systemClock, lifetime: new AbortController().signal },
		...{ warn: () => {}, onKept: () => {}, whenIdle: async () => {} },
	});
}

test('all that wait for its file of the library wait for one', async () => {
	const files = await keptFiles();
	const names = [1, 2, 3].map(() => files.use((keeper) => keeper.nameOf('x')));
	const outcomes = await Promise.allSettled(names);
	expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
	expect(loads).toBe(1);
});

test('what nobody waits for is done as soon as somebody has loaded it', async () => {
	const files = await keptFiles();
	const done: string[] = [];
	files.useLater(() => done.push('first'));
	await expect(files.use(() => {})).rejects.toMatchObject({ code: 'Network' });
	expect(done).toEqual([]);
	await files.use(() => done.push('second'));
	expect(done).toEqual(['first', 'second']);
	files.useLater(() => done.push('third'));
	await vi.waitFor(() => expect(done).toEqual(['first', 'second', 'third']));
});
