import { expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import { settle } from '../../manual-clock.js';
import { PART, scriptedTask } from '../scripted-world.js';

const HOURS = 5 * 3_600_000;

/** An answer that is given by hand. */
function delayed<T>(answer: () => Promise<T>) {
	const given = { give: () => {}, fail: () => {}, asked: 0 };
	const ask = (): Promise<T> => {
		if (given.asked++ > 0) return answer();
		return new Promise((resolve, reject) => {
			given.give = () => resolve(answer());
			given.fail = () => reject(new UploadError('Network', 'lost', { retryable: true }));
		});
	};
	return { given, ask };
}

/** An upload of two parts, of whose requests one waits for its answer. */
function sleeper(operation: 'initiate' | 'part' | 'complete') {
	const blob = new Blob([new Uint8Array(2 * PART)]);
	const world = scriptedTask(blob, {
		initiate: async () => (operation === 'initiate' ? held.ask() : 'U') as Promise<string>,
		uploadPart: async ({ bytes }) => {
			const answer = async () => {
				const { crc64, md5 } = await world.digest(bytes, true);
				return { etag: `"${md5}"`, crc64 };
			};
			return operation === 'part' ? (held.ask(answer) as ReturnType<typeof answer>) : answer();
		},
		complete: async () => {
			const answer = async () => ({ ...world.receipt, crc64: (await world.digest(blob, false)).crc64 });
			return operation === 'complete' ? (held.ask(answer) as ReturnType<typeof answer>) : answer();
		},
	});
	let wait: ReturnType<typeof delayed<unknown>> | undefined;
	const held = {
		ask(answer: () => Promise<unknown> = async () => 'U') {
			wait ??= delayed(answer);
			return wait.ask();
		},
		get given() {
			if (wait === undefined) throw new Error('Nothing was asked yet');
			return wait.given;
		},
	};
	return { ...world, held };
}

test.each(['initiate', 'part', 'complete'] as const)(
	'a machine that sleeps for hours over the answer to %s hears it afterwards: nothing is sent again',
	async (operation) => {
		const { task, clock, held } = sleeper(operation);
		await settle();
		await clock.sleepThrough(HOURS);
		expect(task.state).not.toBe('failed');
		held.given.give();
		expect((await task.result).verified).toBe('object');
		expect(held.given.asked).toBe(operation === 'part' ? 2 : 1);
	},
);

test.each(['initiate', 'part', 'complete'] as const)(
	'a connection that the sleep has cost, at %s, costs no patience: it goes on',
	async (operation) => {
		const { task, clock, held } = sleeper(operation);
		await settle();
		await clock.sleepThrough(HOURS);
		held.given.fail();
		await clock.advance(1000);
		expect((await task.result).verified).toBe('object');
	},
);
