import { IntakeElement } from './intake-element.js';
import { Announcements } from './list/announcements.js';
import { FileRow } from './list/file-row.js';
import { PendingPart } from './list/pending-part.js';
import { TotalRow } from './list/total-row.js';
import { VirtualList } from './list/virtual-list.js';
import { Voice } from './list/voice.js';
import { node, setAttribute, setText } from './node.js';
import { isReachable } from './reachable.js';
import type { UploadItem } from './upload-item.js';
import type { Uploads } from './uploads.js';
import type { Words } from './words/words.js';

/** Milliseconds between two `oss-upload-change`: nobody reads faster. */
const REST_MS = 100;

/** `<oss-upload-list>`: what is interrupted, all together, and each file. */
export class OssUploadList extends IntakeElement {
	readonly #voice = new Voice();
	readonly #emptyText = node('p', { part: 'empty', class: 'empty quiet', tabindex: '-1' });
	/** What an app puts there is hidden with it. */
	readonly #empty = node('slot', { name: 'empty' }, this.#emptyText);
	readonly #open = new Set<UploadItem>();
	#pending: PendingPart | undefined;
	#total: TotalRow | undefined;
	#rows: VirtualList<UploadItem> | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Whom `oss-upload-change` told of last, or will. */
	#told: Uploads | undefined;

	constructor() {
		super();
		this.root.append(this.#empty, this.#voice.node);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#voice.close();
	}

	/** Focuses the first thing in the list that can be pressed; where there is none, what is left of it. */
	override focus(): void {
		if (this.#rows?.focus(0)) return;
		this.#total?.firstButton.focus();
		if (!this.root.activeElement) this.#pending?.focus();
		if (!this.root.activeElement) this.#emptyText.focus();
	}

	protected override watch(uploads: Uploads): readonly (() => void)[] {
		const words = () => this.words;
		const schedule = () => this.schedule();
		const say = (sentence: string) => this.#voice.say(sentence);
		const announcements = new Announcements();
		const pending = new PendingPart({ uploads, words, intake: () => this.intake, say, schedule });
		const total = new TotalRow(uploads);
		const row = (item: UploadItem) =>
			new FileRow(item, {
				...{ uploads, words, say, schedule, open: this.#open },
				urlOf: (result) => this.intake.urlOf(result),
			});
		const rows = new VirtualList('list', row, schedule);
		this.#voice.node.before(pending.node, total.node, rows.node);
		[this.#pending, this.#total, this.#rows] = [pending, total, rows];
		// All that was told of another uploader is no longer so.
		if (this.#told && this.#told !== uploads) this.#onChange(uploads);
		this.#told = uploads;
		return [
			uploads.subscribe(() => this.#onChange(uploads)),
			uploads.speakers.add({
				isHeard: () => isReachable(this),
				hear: (item, news) => announcements.of(item, news, uploads, this.words),
				say: (sentences) => this.#voice.say(...sentences),
			}),
			() => {
				clearTimeout(this.#timer);
				this.#timer = undefined;
				pending.close();
				rows.close();
				rows.node.remove();
				total.node.remove();
				[this.#pending, this.#total, this.#rows] = [undefined, undefined, undefined];
			},
		];
	}

	protected override render(words: Words): void {
		const { uploads } = this;
		// Asked first: to lay out what is hidden by then takes the focus away.
		const { activeElement } = this.root;
		const items = uploads?.items ?? [];
		const hasFiles = items.length > 0;
		setText(this.#emptyText, words.say('empty'));
		const isEmpty = !hasFiles && this.uploads?.pending.length === 0;
		this.#empty.hidden = !isEmpty;
		for (const each of [this, this.intake]) {
			each.setState('empty', isEmpty);
			each.setState(
				'uploading',
				items.some((item) => item.isRunning),
			);
			each.setState('failed', items.some(hasFailed));
		}
		if (this.#total) {
			this.#total.node.hidden = items.length < 2;
			this.#total.render(words);
		}
		this.#pending?.render(words);
		if (!this.#rows) return;
		setAttribute(this.#rows.list, 'aria-label', words.say('uploads'));
		this.#rows.node.hidden = !hasFiles;
		const lost = this.#rows.show(items);
		const isLost = lost !== undefined || activeElement?.closest('[hidden]');
		// The last row is gone with its button: the focus goes to where files come from.
		if (isLost && !this.#rows.focus(lost ?? 0)) this.intake.focus();
	}

	#onChange(uploads: Uploads): void {
		this.schedule();
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			// It leaves the shadow root of an `<oss-upload>`, which seems to tell it.
			this.dispatch('oss-upload-change', uploads.snapshot());
		}, REST_MS);
	}
}

const hasFailed = ({ state }: UploadItem): boolean => state === 'failed';
