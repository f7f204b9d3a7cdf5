import { isCounted, type News } from '../upload-file.js';
import type { UploadItem } from '../upload-item.js';
import type { Uploads } from '../uploads.js';
import { capital, percentOf, type Words } from '../words/words.js';
import { adviceOn } from './failure.js';

/** With more files under way than this, one cannot hear what becomes of each. */
const MANY = 5;

type About = Pick<Uploads, 'items' | 'active' | 'totals'>;

/** Decides what is said to people who do not see the page: each file's steps, or of many files only the whole. */
export class Announcements {
	/** Quarters of all files that were told. */
	#quarter = 0;
	#wasMany = false;
	/** What had ended when the others began. */
	#apart: WeakSet<UploadItem> | undefined;

	/** Sentences that tell of it; none where nobody needs to hear it. */
	of(item: UploadItem, news: News, uploads: About, words: Words): readonly string[] {
		const { active, items } = uploads;
		if (active > MANY) this.#wasMany = true;
		if (active > 0) this.#apart ??= new WeakSet(items.filter((each) => !each.isActive));
		this.#apart?.delete(item);
		const said = news === 'failed' || !this.#wasMany ? [sentenceOf(item, news, words)] : [];
		if (this.#wasMany) said.push(...this.#ofAll(uploads, words));
		if (active === 0) {
			this.#wasMany = false;
			this.#quarter = 0;
			this.#apart = undefined;
		}
		return said;
	}

	#ofAll({ items, active, totals: { loaded, total } }: About, words: Words): readonly string[] {
		const quarter = Math.floor(percentOf(loaded, total) / 25);
		if (active > 0 && quarter <= this.#quarter) return [];
		// Looked through a few times only, and not for each of thousands of files.
		const counted = items.filter((each) => isCounted(each) && !each.isUnstarted && !this.#apart?.has(each));
		const done = counted.filter(({ state }) => state === 'done').length;
		if (active === 0) return [words.say('saysAllDone', { count: done })];
		this.#quarter = quarter;
		const percent = words.percent(loaded, total);
		return [words.say('saysTotal', { percent, done, count: counted.length })];
	}
}

function sentenceOf(item: UploadItem, news: News, words: Words): string {
	const { name, size, progress } = item;
	const percent = words.percent(progress?.loaded ?? 0, size);
	return words.say(`says${capital(news)}`, { name, percent, reason: adviceOn(item, words) });
}
