import type { News } from '../upload-file.js';
import type { UploadItem } from '../upload-item.js';
import { percentOf, type Words } from '../words/words.js';
import { adviceOn } from './failure.js';

/** With more files under way than this, one cannot hear what becomes of each. */
const MANY = 5;

/** Decides what is said to people who do not see the page: each file's steps, or of many files only the whole. */
export class Announcements {
	/** Quarters of all files that were told. */
	#quarter = 0;
	#wasMany = false;

	/** Sentences that tell of it; none where nobody needs to hear it. */
	of(item: UploadItem, news: News, items: readonly UploadItem[], words: Words): readonly string[] {
		const active = items.filter(({ isActive }) => isActive).length;
		if (active > MANY) this.#wasMany = true;
		const said = news === 'failed' || !this.#wasMany ? [sentenceOf(item, news, words)] : [];
		if (this.#wasMany) said.push(...this.#ofAll(items, active, words));
		if (active === 0) {
			this.#wasMany = false;
			this.#quarter = 0;
		}
		return said;
	}

	#ofAll(items: readonly UploadItem[], active: number, words: Words): readonly string[] {
		const done = items.filter(({ state }) => state === 'done').length;
		if (active === 0) return [words.say('saysAllDone', { count: done })];
		let [loaded, total] = [0, 0];
		for (const { size, progress, state } of items) {
			if (state === 'refused' || state === 'aborted' || state === 'failed') continue;
			loaded += progress?.loaded ?? 0;
			total += size;
		}
		const quarter = Math.floor(percentOf(loaded, total) / 25);
		if (quarter <= this.#quarter) return [];
		this.#quarter = quarter;
		const percent = words.percent(loaded, total);
		return [words.say('saysTotal', { percent, done, count: items.length })];
	}
}

function sentenceOf(item: UploadItem, news: News, words: Words): string {
	const { name, size, progress } = item;
	switch (news) {
		case 'started':
			return words.say('saysStarted', { name });
		case 'paused':
			return words.say('saysPaused', { name });
		case 'resumed':
			return words.say('saysResumed', { name });
		case 'offline':
			return words.say('saysOffline', { name });
		case 'done':
			return words.say('saysDone', { name });
		case 'failed':
			return words.say('saysFailed', { name, reason: adviceOn(item.error, words) });
		case 'aborted':
			return words.say('saysAborted', { name });
		case 'percent':
			return words.say('saysPercent', { name, percent: words.percent(progress?.loaded ?? 0, size) });
	}
}
