import { expect, test } from 'vitest';
import { stateSentence } from '../../../src/element/list/file-words.js';
import { UploadItem } from '../../../src/element/upload-item.js';
import { english } from '../../../src/element/words/english.js';
import { Words } from '../../../src/element/words/words.js';
import { UploadError } from '../../../src/index.js';
import { FakeTask } from '../fake-uploader.js';

const words = new Words('en', english);

function row() {
	const task = new FakeTask(new Blob(['x'.repeat(100)]), {}, () => {});
	const item = new UploadItem({
		...{ name: 'a', path: 'a', size: 100, owner: undefined, start: () => task },
		...{ onChange: () => {}, onNews: () => {} },
	});
	item.start();
	const error = new UploadError('Network', 'No answer', { retryable: true });
	const fail = () =>
		task.tell('retry', { operation: 'UploadPart', partNumber: 1, attempt: 2, delayMs: 300, error });
	return { task, item, fail, says: () => stateSentence(item, words) };
}

test('one attempt that fails is nothing to say', () => {
	const { task, fail, says } = row();
	task.go('uploading', 10);
	fail();
	expect(says()).toBe('Uploading');
});

test('attempts that fail while nothing moves: that it is tried again, until something does', () => {
	const { task, fail, says } = row();
	task.go('preparing');
	fail();
	fail();
	expect(says()).toBe('Trying again');
	task.go('uploading');
	expect(says()).toBe('Uploading');
	fail();
	fail();
	expect(says()).toBe('Trying again');
	task.go('uploading', 10);
	expect(says()).toBe('Uploading');
});

test('what was sent before and is sent once more has not moved on', () => {
	const { task, fail, says } = row();
	task.go('uploading', 50);
	fail();
	task.go('uploading', 20);
	fail();
	task.go('uploading', 40);
	expect(says()).toBe('Trying again');
	task.go('uploading', 60);
	expect(says()).toBe('Uploading');
});

test.each(['paused', 'offline', 'completing'] as const)('%s it says so', (state) => {
	const { task, fail, says } = row();
	task.go(state);
	fail();
	fail();
	expect(says()).toBe(english[`state${state[0]?.toUpperCase()}${state.slice(1)}` as 'statePaused']);
});
