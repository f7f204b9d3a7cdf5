import type { PendingUpload, UploadResult } from 'oss-resumable-upload';
import type { Ask, Looked, Outcome, Seen } from './page/asked.js';
import type { Tab } from './port.js';

/** Milliseconds after which nothing is expected to come any more. */
const PATIENCE_MS = 150_000;

/** Somebody at the page, in one tab. */
export class Visit {
	readonly tab: Tab;
	readonly #endpoint: string;

	constructor(tab: Tab, endpoint: string) {
		this.tab = tab;
		this.#endpoint = endpoint;
	}

	/** Picks the files and begins to upload them, to `k` where nothing else is said. */
	async upload(paths: string | readonly string[], ask: Partial<Ask> = {}): Promise<void> {
		await this.tab.pick(...[paths].flat());
		await this.begin(ask);
	}

	/** The same with what was picked before, or with bytes that the page makes. */
	async begin(ask: Partial<Ask> = {}): Promise<void> {
		await this.tab.call('begin', { endpoint: this.#endpoint, key: 'k', ...ask });
	}

	/** What earlier visits left. */
	pending(): Promise<readonly PendingUpload[]> {
		return this.tab.call('pending', { endpoint: this.#endpoint });
	}

	/** Goes on with it, and picks nothing. */
	async goOn({ id }: Pick<PendingUpload, 'id'>): Promise<void> {
		await this.tab.call('goOn', { endpoint: this.#endpoint, id });
	}

	/** Waits in the page for what changes there, until it is as expected. */
	async whenLooks(isRight: (looked: Looked) => boolean): Promise<Looked> {
		const giveUpAt = Date.now() + PATIENCE_MS;
		let looked = await this.look();
		while (!isRight(looked)) {
			if (Date.now() > giveUpAt) throw new Error(`This does not change any more: ${JSON.stringify(looked)}`);
			looked = await this.look(looked.version);
		}
		return looked;
	}

	/** The same for the page's first upload. */
	async whenSeen(isRight: (seen: Seen) => boolean): Promise<Seen> {
		return firstOf(await this.whenLooks((looked) => isRight(firstOf(looked))));
	}

	/** What changed after that version, or all that is to be seen. */
	look(after = -1): Promise<Looked> {
		return this.tab.call('look', after);
	}

	async seen(): Promise<Seen> {
		return firstOf(await this.look());
	}

	/** How the upload ended. */
	async outcome(): Promise<Outcome> {
		const { outcome } = await this.whenSeen(({ outcome }) => outcome !== undefined);
		return outcome as Outcome;
	}

	/** Of an upload that has to end well. */
	async result(): Promise<UploadResult> {
		const outcome = await this.outcome();
		if ('result' in outcome) return outcome.result;
		throw new Error(`The upload failed: ${JSON.stringify(outcome.error)}`);
	}
}

function firstOf({ uploads: [first] }: Looked): Seen {
	if (first === undefined) throw new Error('No upload was begun');
	return first;
}
