import { expect, test } from 'vitest';
import { Announcements } from '../../../src/element/list/announcements.js';
import type { UploadItem } from '../../../src/element/upload-item.js';
import { english } from '../../../src/element/words/english.js';
import { Words } from '../../../src/element/words/words.js';
import { UploadError } from '../../../src/index.js';

const words = new Words('en', english);

interface Fake {
	name: string;
	state: string;
	size: number;
	error?: unknown;
	progress: { loaded: number };
	/** Somebody has begun it. */
	hasTask: boolean;
	readonly isActive: boolean;
	readonly isUnstarted: boolean;
}

const fileOf = (name: string, state = 'uploading', loaded = 0): Fake => ({
	...{ name, state, size: 100, progress: { loaded }, hasTask: state !== 'waiting' },
	get isActive() {
		return !['done', 'failed', 'refused'].includes(this.state);
	},
	get isUnstarted() {
		return this.state === 'waiting' && !this.hasTask;
	},
});
/** As an uploader counts them that was idle before. */
const allOf = (files: readonly Fake[]) => ({
	items: files as unknown as readonly UploadItem[],
	active: files.filter(({ isActive, isUnstarted }) => isActive && !isUnstarted).length,
	totals: {
		loaded: files.reduce((sum, { progress }) => sum + progress.loaded, 0),
		total: files.reduce((sum, { size }) => sum + size, 0),
		...{ bytesPerSecond: 0, remainingMs: undefined, running: 0 },
	},
});
const asItem = (file: Fake) => file as unknown as UploadItem;

test('of a few files each step is said', () => {
	const announcements = new Announcements();
	const film = fileOf('film.mov', 'uploading', 50);
	const say = (news: Parameters<Announcements['of']>[1]) =>
		announcements.of(asItem(film), news, allOf([film]), words);
	expect(say('started')).toEqual(['film.mov: upload started']);
	expect(say('percent')).toEqual(['film.mov: 50%']);
	expect(say('paused')).toEqual(['film.mov: paused']);
	expect(say('resumed')).toEqual(['film.mov: resumed']);
	film.error = new UploadError('Network', 'gone');
	film.state = 'failed';
	expect(say('failed')).toEqual([expect.stringMatching(/^film\.mov: failed\. No answer came/)]);
	film.state = 'done';
	expect(say('done')).toEqual(['film.mov: uploaded']);
});

test('of more than five files only failures and quarters of the whole are said, and the end', () => {
	const announcements = new Announcements();
	const files = Array.from({ length: 8 }, (_, index) => fileOf(`photo-${index}`));
	const said: string[] = [];
	for (const file of files) {
		said.push(...announcements.of(asItem(file), 'started', allOf(files), words));
	}
	for (const file of files) {
		file.state = 'done';
		file.progress.loaded = 100;
		said.push(...announcements.of(asItem(file), 'done', allOf(files), words));
	}
	expect(said).toEqual(['25%, 2 of 8 files', '50%, 4 of 8 files', '75%, 6 of 8 files', '8 files uploaded']);
	const next = fileOf('next');
	expect(announcements.of(asItem(next), 'started', allOf([...files, next]), words)).toEqual([
		'next: upload started',
	]);
});

test('of the many that come later only they are counted, and not what ended before or waits for its start', () => {
	const announcements = new Announcements();
	const waiting = fileOf('waiting', 'waiting');
	const before = [
		...Array.from({ length: 7 }, (_, index) => fileOf(`before-${index}`, 'done', 100)),
		waiting,
	];
	const files = Array.from({ length: 7 }, (_, index) => fileOf(`photo-${index}`));
	const [retried = waiting] = before;
	const say = (file: Fake, news: Parameters<Announcements['of']>[1]) =>
		announcements.of(
			asItem(file),
			news,
			{ ...allOf([...before, ...files, fileOf('refused', 'refused')]), totals: allOf(files).totals },
			words,
		);
	const said = files.flatMap((file) => say(file, 'started'));
	for (const file of files) {
		file.state = 'done';
		file.progress.loaded = 100;
		said.push(...say(file, 'done'));
	}
	expect(said).toEqual(['28%, 2 of 7 files', '57%, 4 of 7 files', '85%, 6 of 7 files', '7 files uploaded']);
	for (const file of files) file.state = 'uploading';
	for (const file of files) say(file, 'started');
	retried.state = 'uploading';
	say(retried, 'started');
	for (const file of [...files, retried]) file.state = 'done';
	expect(say(retried, 'done').at(-1)).toBe('8 files uploaded');
});

test('those count that were undecided when the first ones began, and wait in the queue by now', () => {
	const announcements = new Announcements();
	const files = Array.from({ length: 20 }, (_, index) => fileOf(`photo-${index}`, 'waiting'));
	const say = (file: Fake, news: Parameters<Announcements['of']>[1]) =>
		announcements.of(asItem(file), news, allOf(files), words);
	const first = files.slice(0, 5);
	for (const file of first) {
		file.state = 'uploading';
		say(file, 'started');
	}
	for (const file of files) file.hasTask = true;
	const said = first.flatMap((file) => {
		file.state = 'done';
		file.progress.loaded = 100;
		return say(file, 'done');
	});
	expect(said).toEqual(['25%, 5 of 20 files']);
});

test('a failure among many is said too', () => {
	const announcements = new Announcements();
	const files = Array.from({ length: 8 }, (_, index) => fileOf(`photo-${index}`));
	const [first] = files;
	if (!first) throw new Error('There are eight');
	announcements.of(asItem(first), 'started', allOf(files), words);
	first.state = 'failed';
	first.error = 'It is too large.';
	expect(announcements.of(asItem(first), 'failed', allOf(files), words)).toEqual([
		'photo-0: failed. It is too large.',
	]);
});
