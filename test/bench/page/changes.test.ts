import { expect, test } from 'vitest';
import { watchChanges } from '../../../bench/page/changes.js';

function watchable() {
	const listeners = new Set<() => void>();
	let now = {};
	return {
		snapshot: () => now,
		subscribe(listener: () => void) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		change: () => {
			now = {};
		},
		tell: () => {
			for (const listener of listeners) listener();
		},
	};
}

test('only another value is a change, however often one is told', () => {
	const uploader = watchable();
	const stop = watchChanges(uploader);
	uploader.tell();
	uploader.change();
	uploader.tell();
	uploader.tell();
	expect(stop(2000)).toEqual({ perSecond: 0.5, most: 1 });
	uploader.change();
	uploader.tell();
	expect(stop(2000)).toEqual({ perSecond: 0.5, most: 1 });
});
