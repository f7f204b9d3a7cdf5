import { expect, test } from 'vitest';
import { Leading } from '../../../src/core/task/leading.js';
import type { TaskState } from '../../../src/core/task/state.js';
import { LocalChannel } from '../../local-channel.js';
import { ManualClock, settle } from '../../manual-clock.js';

const PROGRESS = {
	...{ loaded: 0, stored: 0, total: 1, resumed: 0, partsDone: 0, partsTotal: 1 },
	...{ bytesPerSecond: 0, remainingMs: undefined },
};

function leading() {
	const channel = new LocalChannel();
	const shown = { state: 'uploading' as TaskState };
	const task = new Leading({
		...{ channel, clock: new ManualClock(), id: 'id', from: 'task', terms: '[]' },
		look: () => ({ ...shown, progress: PROGRESS }),
	});
	return { channel, shown, task };
}

test('who asks is answered with the question', async () => {
	const { channel } = leading();
	channel.tell({ type: 'ask', id: 'id', question: 0.25 });
	await settle();
	expect(channel.said.at(-1)).toMatchObject({ type: 'state', from: 'task', question: 0.25 });
});

test('when it has ended it says nothing more, whatever becomes of its task: another may run the upload', async () => {
	const { channel, shown, task } = leading();
	shown.state = 'stopped';
	task.tell();
	task.end({ how: 'stopped' });
	const said = channel.said.length;
	shown.state = 'aborted';
	task.tell();
	channel.tell({ type: 'ask', id: 'id', question: 0.25 });
	await settle();
	expect(channel.said.slice(said)).toEqual([]);
});
