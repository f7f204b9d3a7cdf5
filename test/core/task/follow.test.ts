import { beforeAll, describe, expect, test } from 'vitest';
import { CallbackError, ServiceError } from '../../../src/base/errors.js';
import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import type { Remote, UploadLock } from '../../../src/core/ports.js';
import { LocalChannel } from '../../local-channel.js';
import { settle } from '../../manual-clock.js';
import { hanging, PART, type ScriptedOptions, scriptedTask, storeWith } from '../scripted-world.js';

const ID = '/b/k/f';
const SIZE = 3 * PART;
const PROGRESS = {
	loaded: 2 * PART,
	stored: PART,
	total: SIZE,
	resumed: 0,
	partsDone: 1,
	partsTotal: 3,
	bytesPerSecond: 5,
	remainingMs: 7,
};
/** Of a file of zeros. */
const CRC64 = '15926428660499823106';
const RESULT = { bucket: 'b', key: 'k', size: SIZE, crc64: CRC64, verified: 'object' };

// Loaded late by those who need it: no clock that is moved by hand brings it.
beforeAll(() => import('../../../src/core/upload/join.js'));

/** A lock that another tab holds until it lets go. */
function heldLock() {
	let isGone = false;
	const lock = { given: 0, letGo: () => {} };
	const gone = new Promise<void>((resolve) => {
		lock.letGo = () => {
			isGone = true;
			resolve();
		};
	});
	const give = () => {
		lock.given++;
		return () => {
			lock.given--;
		};
	};
	const port: UploadLock = {
		claim: async () => (isGone ? give() : undefined),
		wait: async (_, signal) => {
			await Promise.race([
				gone,
				new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
			]);
			return give();
		},
		held: async () => new Set([ID]),
		isOwn: () => false,
		letGo: () => {},
	};
	return { lock, port };
}

async function following(options: ScriptedOptions = {}, script: Partial<Remote> = {}) {
	const channel = new LocalChannel();
	const { lock, port } = heldLock();
	const world = scriptedTask(new Blob([new Uint8Array(SIZE)]), script, {
		channel,
		lock: port,
		ifRunning: 'follow',
		...options,
	});
	await settle();
	const say = async (message: object) => {
		channel.tell({ id: ID, ...message });
		await settle();
	};
	const state = (state: string, from = 'other', terms = '[]', question?: number) =>
		say({ type: 'state', from, terms, state, progress: PROGRESS, question });
	/** What was asked last. */
	const question = () => Object(channel.said.at(-1)).question as number;
	const end = (ending: object, from = 'other') => say({ type: 'end', from, ending });
	return { ...world, channel, lock, say, state, question, end };
}

test('it shows the state and the progress that are told, and asks again every ten seconds', async () => {
	const { task, clock, channel, state } = await following();
	expect(task.state).toBe('waiting');
	await state('uploading');
	expect(task.state).toBe('uploading');
	expect(task.progress).toMatchObject({ loaded: 2 * PART, stored: PART, partsDone: 1, partsTotal: 3 });
	await state('completing');
	expect(task.state).toBe('completing');
	await state('paused');
	expect(task.state).toBe('waiting');
	const asked = channel.said.length;
	await clock.advance(30_000);
	expect(channel.said.slice(asked)).toEqual(
		[1, 2, 3].map(() => expect.objectContaining({ type: 'ask', id: ID })),
	);
});

test('one of whom nothing is heard for 30 s is asleep: it waits, until something is heard', async () => {
	const { task, clock, state } = await following();
	await state('uploading');
	await clock.advance(29_000);
	expect(task.state).toBe('uploading');
	await clock.advance(11_000);
	expect(task.state).toBe('waiting');
	await state('uploading');
	// The same word as before, and yet news.
	expect(task.state).toBe('uploading');
});

test('of two that say that they run it, as where there are no locks across tabs, it does not ask without end', async () => {
	const { channel, clock, state } = await following();
	await clock.advance(5_000);
	const asked = channel.said.length;
	for (let times = 0; times < 100; times++) await state('uploading', `other-${times % 2}`);
	expect(channel.said.length - asked).toBe(1);
});

describe('how the other ends', () => {
	test('done: with its result', async () => {
		const { task, lock, state, end } = await following();
		await state('uploading');
		await end({ how: 'done', result: RESULT });
		// Not before it has let go: the word may be late, and of an upload before this one.
		expect(task.state).toBe('uploading');
		lock.letGo();
		expect(await task.result).toEqual(RESULT);
		expect(lock.given).toBe(0);
		expect(task.progress).toMatchObject({ loaded: SIZE, total: SIZE });
	});

	test('aborted: so does this one', async () => {
		const { task, lock, state, end } = await following();
		await state('uploading');
		await end({ how: 'aborted' });
		lock.letGo();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		expect(task.state).toBe('aborted');
		expect(lock.given).toBe(0);
	});

	test('stored, and its callback failed: so does this one, with all that is known of it', async () => {
		const { task, lock, state, end } = await following();
		await state('completing');
		const callback = { message: 'no answer', status: 203, ossCode: 'CallbackFailed', requestId: 'R' };
		await end({ how: 'done', result: RESULT, callback });
		lock.letGo();
		const error = await task.result.catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(CallbackError);
		const { message, ...said } = callback;
		expect(error).toMatchObject({ code: 'CallbackFailed', result: RESULT, ...said });
		expect((error as Error).message).toContain(message);
		expect(task.state).toBe('failed');
		expect(lock.given).toBe(0);
	});

	test('the lock comes first, the word a moment later', async () => {
		const { task, lock, state, end } = await following();
		await state('completing');
		lock.letGo();
		await settle();
		await end({ how: 'done', result: RESULT });
		expect(await task.result).toEqual(RESULT);
	});

	test('stopped before anything was recorded: it uploads at once', async () => {
		const { task, lock, state, end } = await following();
		await state('preparing');
		await end({ how: 'stopped' });
		lock.letGo();
		expect((await task.result).location).toBe('https://x/k');
	});

	test('done, with what is another file: that is uploaded, as a fingerprint vouches for nothing', async () => {
		const { task, lock, state, end } = await following();
		await state('completing');
		await end({ how: 'done', result: { ...RESULT, crc64: '1' } });
		lock.letGo();
		expect((await task.result).location).toBe('https://x/k');
		await settle();
		expect(lock.given).toBe(0);
	});

	test('done, where nothing is to be compared: it is not called verified', async () => {
		const { task, lock, state, end } = await following({ verify: 'none' });
		await state('completing');
		await end({ how: 'done', result: { ...RESULT, crc64: '1' } });
		lock.letGo();
		expect(await task.result).toEqual({ ...RESULT, crc64: '1', verified: 'none' });
	});

	test('paused while its file is compared: it ends first', async () => {
		let isComparing = () => {};
		const comparing = new Promise<void>((resolve) => {
			isComparing = resolve;
		});
		const { task, lock, state, end } = await following({
			digest: async () => {
				isComparing();
				task.pause();
				return { crc64: CRC64 };
			},
		});
		await state('uploading');
		await end({ how: 'done', result: RESULT });
		lock.letGo();
		await comparing;
		expect(await task.result).toEqual(RESULT);
	});

	test('without a word, and without a row: it uploads', async () => {
		const { task, lock, clock, state } = await following();
		await state('uploading');
		lock.letGo();
		await clock.advance(1000);
		expect((await task.result).verified).toBe('object');
	});
});

describe('without a word, where its row is gone', () => {
	const gone = () => new ServiceError('gone', { status: 404, ossCode: 'NoSuchUpload' });
	const refused = () => new ServiceError('no', { status: 403, ossCode: 'AccessDenied' });
	const failing = (error: () => ServiceError) => async () => {
		throw error();
	};
	/** The upload that the other ran is gone, and the object is there. */
	const completed = {
		listParts: failing(gone),
		head: async () => ({
			...{ etag: '"E-2"', size: SIZE, crc64: CRC64, lastModified: 1, location: 'https://x/found' },
			...{ requestId: 'ID', isEvident: true },
		}),
	} satisfies Partial<Remote>;

	async function vanishing(script: Partial<Remote>) {
		const checkpoints = await storeWith(new Blob([new Uint8Array(SIZE)]), { id: ID, key: 'k' });
		const world = await following({ checkpoints }, script);
		await world.state('uploading');
		return { ...world, vanish: () => checkpoints.delete(ID) };
	}

	test('OSS tells whether it has the object', async () => {
		const { task, lock, clock, vanish } = await vanishing(completed);
		await vanish();
		lock.letGo();
		await clock.advance(1000);
		expect(await task.result).toMatchObject({ location: 'https://x/found', verified: 'object' });
	});

	test.each<[string, Partial<Remote>]>([
		['the parts', {}],
		[
			'the object, where it lists no parts',
			{ listParts: failing(refused), uploadPart: failing(gone), head: completed.head },
		],
	])('paused while OSS is asked for %s, it asks again: nothing is sent', async (_, more) => {
		const script: Partial<Remote> = { ...completed, ...more };
		const asks = more.head ? 'head' : 'listParts';
		let initiated = 0;
		let ask = () => {};
		let hasAsked = false;
		const asking = new Promise<void>((resolve) => {
			ask = resolve;
		});
		const answer = script[asks] as Remote['head'];
		const { task, lock, clock, vanish } = await vanishing({
			...script,
			initiate: async () => `U${++initiated}`,
			[asks]: (...given: unknown[]) => {
				const signal = given.at(-1) as AbortSignal;
				if (hasAsked) return answer(signal);
				hasAsked = true;
				ask();
				return hanging(signal);
			},
		});
		await vanish();
		lock.letGo();
		await clock.advance(1000);
		await asking;
		task.pause();
		await settle();
		task.resume();
		expect(await task.result).toMatchObject({ location: 'https://x/found', verified: 'object' });
		expect(initiated).toBe(0);
	});
});

describe('words that are not believed', () => {
	test.each([
		['of a task of which nothing was heard', 'stranger', { how: 'done', result: RESULT }],
		['with the result of another key', 'other', { how: 'done', result: { ...RESULT, key: 'l' } }],
		['with the result of another size', 'other', { how: 'done', result: { ...RESULT, size: 1 } }],
		['without a result', 'other', { how: 'done' }],
		['that is none', 'other', 'done'],
		['of a kind that this version does not know', 'other', { how: 'failed', code: 'Network', message: 'no' }],
		['with a failure of its callback that is none', 'other', { how: 'done', result: RESULT, callback: 'no' }],
	])('an end %s', async (_, from, ending) => {
		const { task, lock, clock, state, end } = await following();
		await state('uploading');
		await end(ending as object, from);
		lock.letGo();
		await clock.advance(1000);
		// It uploads by itself.
		expect((await task.result).location).toBe('https://x/k');
	});

	test('an end of nobody, where nobody was heard', async () => {
		const { task, lock, clock, say } = await following();
		await say({ type: 'end', ending: { how: 'aborted' } });
		lock.letGo();
		await clock.advance(1000);
		expect((await task.result).location).toBe('https://x/k');
	});

	test('the late end of one before the one that runs it now', async () => {
		const { task, lock, clock, state, end } = await following();
		await state('uploading', 'first');
		await end({ how: 'done', result: RESULT }, 'first');
		await state('uploading', 'second');
		lock.letGo();
		await clock.advance(1000);
		expect((await task.result).location).toBe('https://x/k');
	});

	test.each<[string, object]>([
		['of another version', { type: 'state', from: 'x', terms: '[]', state: 'uploading' }],
		[
			'with numbers that are none',
			{ type: 'state', from: 'x', terms: '[]', state: 'uploading', progress: { loaded: 'a' } },
		],
		['of nobody', { type: 'state', terms: '[]', state: 'uploading', progress: PROGRESS }],
		['without terms', { type: 'state', from: 'x', state: 'uploading', progress: PROGRESS }],
		[
			'with more stored than there is',
			{
				...{ type: 'state', from: 'x', terms: '[]', state: 'uploading' },
				progress: { ...PROGRESS, stored: SIZE + 1 },
			},
		],
		[
			'with less than nothing',
			{
				...{ type: 'state', from: 'x', terms: '[]', state: 'uploading' },
				progress: { ...PROGRESS, loaded: -1 },
			},
		],
		[
			'about a file of another size',
			{
				...{ type: 'state', from: 'x', terms: '[]', state: 'uploading' },
				progress: { ...PROGRESS, total: 9 * PART },
			},
		],
		['of a kind that nobody knows', { type: 'hello' }],
		[
			'about another upload',
			{ id: 'x', type: 'state', from: 'x', terms: '?', state: 'uploading', progress: PROGRESS },
		],
	])('a message %s changes nothing', async (_, message) => {
		const { task, say } = await following();
		await say(message);
		expect(task.state).toBe('waiting');
	});

	test('what is no message at all changes nothing', async () => {
		const { task, channel } = await following();
		for (const message of [undefined, null, 7, 'text', []]) channel.tell(message);
		await settle();
		expect(task.state).toBe('waiting');
	});
});

describe('where other things are said to OSS of the object', () => {
	const OTHER = '[["x-oss-meta-a","1"]]';

	test('it is Locked, as soon as the one that runs it answers', async () => {
		const { task, state, question } = await following();
		await state('uploading', 'other', OTHER, question());
		await expect(task.result).rejects.toMatchObject({ code: 'Locked' });
	});

	test('by one that is heard unasked, as by one that has ended: it is asked first', async () => {
		const { task, clock, channel, state, question } = await following();
		await state('uploading');
		await clock.advance(1000);
		await state('aborted', 'before', OTHER);
		expect(channel.said.at(-1)).toMatchObject({ type: 'ask', id: ID });
		await state('uploading', 'other', '[]', question());
		await state('aborted', 'before', OTHER);
		expect(task.state).toBe('uploading');
	});

	test('by one that answers after another, which says the same as this one: that one is followed', async () => {
		const { task, clock, state, question } = await following();
		await clock.advance(10_000);
		await state('uploading', 'other', '[]', question());
		await state('uploading', 'without locks', OTHER, question());
		expect(task.state).toBe('uploading');
	});

	test('in an answer to an earlier question: it may have ended since', async () => {
		const { task, clock, state, question } = await following();
		const earlier = question();
		clock.chance = 0.7;
		await clock.advance(10_000);
		await state('uploading', 'other', OTHER, earlier);
		expect(task.state).toBe('waiting');
		await state('uploading', 'other', OTHER, question());
		await expect(task.result).rejects.toMatchObject({ code: 'Locked' });
	});
});

const OTHER_SETTINGS = {
	headers: { 'x-oss-acl': 'private' },
	guessedContentType: 'text/plain',
	verify: 'crc64',
} as const;

test('a row tells the same, where nothing is heard', async () => {
	const checkpoints = await storeWith(new Blob([new Uint8Array(SIZE)]), {
		...{ id: ID, key: 'k', settings: OTHER_SETTINGS },
	});
	const { task, clock } = await following({ checkpoints });
	expect(task.state).toBe('waiting');
	await clock.advance(10_000);
	await expect(task.result).rejects.toMatchObject({ code: 'Locked' });
});

test('a row of an upload before this one tells nothing, where the other says what it does', async () => {
	const checkpoints = await storeWith(new Blob([new Uint8Array(SIZE)]), {
		...{ id: ID, key: 'k', settings: OTHER_SETTINGS },
	});
	const { task, clock, state } = await following({ checkpoints });
	await state('preparing');
	await clock.advance(9_000);
	await state('preparing');
	await clock.advance(9_000);
	expect(task.state).toBe('preparing');
});

describe('a row that is marked abandoned', () => {
	async function marked() {
		const checkpoints = await storeWith(new Blob([new Uint8Array(SIZE)]), { id: ID, key: 'k' });
		return { checkpoints, mark: () => checkpoints.mark(ID, 'abandoned') };
	}

	test('while the other ran, which then died: the upload is aborted', async () => {
		const { checkpoints, mark } = await marked();
		const { task, lock, clock, state } = await following({ checkpoints });
		await state('uploading');
		await mark();
		lock.letGo();
		await clock.advance(1000);
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		expect(task.state).toBe('aborted');
	});

	test('before, of an upload that the other was to begin anew: this one does, and OSS keeps nothing of the former', async () => {
		const { checkpoints, mark } = await marked();
		await mark();
		const aborted: string[] = [];
		const { task, lock, clock, state } = await following(
			{ checkpoints },
			{ abort: async (uploadId) => void aborted.push(uploadId) },
		);
		await state('preparing');
		lock.letGo();
		await clock.advance(1000);
		expect((await task.result).resumed).toBe(0);
		expect(aborted).toEqual(['U-old']);
	});
});

test('stopped while it looks at the row, it leaves nothing unheard', async () => {
	const checkpoints = memoryCheckpoints();
	let finds = 0;
	const { task, state } = await following({
		checkpoints: {
			...checkpoints,
			find: (query) => (++finds > 1 ? new Promise(() => {}) : checkpoints.find(query)),
		},
	});
	const unheard: unknown[] = [];
	const hear = (reason: unknown) => unheard.push(reason);
	process.on('unhandledRejection', hear);
	await state('completing');
	task.stop(new Error('enough'));
	await settle();
	process.off('unhandledRejection', hear);
	expect(finds).toBe(2);
	expect(unheard).toEqual([]);
});

test('aborted it ends alone, as stopped, and holds nothing', async () => {
	const { task, state, lock, channel } = await following();
	await state('uploading');
	await task.abort();
	expect(task.state).toBe('stopped');
	expect(lock.given).toBe(0);
	expect(channel.isFollowed(ID)).toBe(false);
});
