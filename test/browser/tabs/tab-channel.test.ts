import { afterEach, expect, test, vi } from 'vitest';
import { tabChannel } from '../../../src/browser/tabs/tab-channel.js';

const other = () => new BroadcastChannel('oss-resumable-upload');
const opened: BroadcastChannel[] = [];
const ends: (() => void)[] = [];

afterEach(() => {
	for (const channel of opened.splice(0)) channel.close();
	for (const end of ends.splice(0)) end();
	vi.unstubAllGlobals();
});

/** What another tab hears. */
function otherTab() {
	const heard: unknown[] = [];
	const channel = other();
	opened.push(channel);
	channel.onmessage = ({ data }) => heard.push(data);
	return { channel, heard };
}

function listen() {
	const heard: unknown[] = [];
	const end = tabChannel.listen((message) => heard.push(message));
	ends.push(end);
	return { heard, end };
}

test('what is said is heard in this page, a moment later, and in other tabs', async () => {
	const tab = otherTab();
	const { heard } = listen();
	tabChannel.post({ a: 1 });
	expect(heard).toEqual([]);
	await vi.waitUntil(() => heard.length === 1 && tab.heard.length === 1);
	expect([...heard, ...tab.heard]).toEqual([{ a: 1 }, { a: 1 }]);
	tab.channel.postMessage({ b: 2 });
	await vi.waitUntil(() => heard.length === 2);
	expect(heard[1]).toEqual({ b: 2 });
});

test('the last word is heard too, though nobody listens here any more', async () => {
	const tab = otherTab();
	const { end } = listen();
	tabChannel.post({ last: true });
	end();
	await vi.waitUntil(() => tab.heard.length === 1);
});

test('who only speaks is heard too', async () => {
	const tab = otherTab();
	tabChannel.post({ a: 1 });
	await vi.waitUntil(() => tab.heard.length === 1);
});

test('no channel is open while nobody listens', () => {
	const closed = vi.fn();
	const made = vi.fn();
	vi.stubGlobal(
		'BroadcastChannel',
		class {
			constructor() {
				made();
			}
			close = closed;
			postMessage() {}
		},
	);
	const [first, second] = [listen(), listen()];
	expect(made).toHaveBeenCalledTimes(1);
	first.end();
	expect(closed).not.toHaveBeenCalled();
	second.end();
	second.end();
	expect(closed).toHaveBeenCalledTimes(1);
	tabChannel.post({ a: 1 });
	expect(closed).toHaveBeenCalledTimes(2);
});

test('where there are no channels, the tasks of one page hear each other', async () => {
	vi.stubGlobal('BroadcastChannel', undefined);
	const { heard } = listen();
	tabChannel.post({ a: 1 });
	await vi.waitUntil(() => heard.length === 1);
});

test('an upload is followed until all who follow it have gone', () => {
	const [first, second] = [tabChannel.follow('id'), tabChannel.follow('id')];
	expect(tabChannel.isFollowed('id')).toBe(true);
	first();
	first();
	expect(tabChannel.isFollowed('id')).toBe(true);
	second();
	expect(tabChannel.isFollowed('id')).toBe(false);
});
