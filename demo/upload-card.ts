import {
	isFinal,
	isUploadError,
	type PartEvent,
	type RetryEvent,
	type TaskState,
	type UploadResult,
	type UploadTask,
	type UploadWarning,
} from 'oss-resumable-upload';
import { adviceOn, evidenceOf } from './advice.js';
import { announce } from './announcer.js';
import { CardButtons } from './card-buttons.js';
import { element, setText } from './element.js';
import { count, formatBytes, percentOf } from './format.js';
import { Notices } from './notices.js';
import { PartGrid } from './part-grid.js';
import { bytesOf, paceOf, STATE_WORDS, shownBytes, VERIFIED } from './task-words.js';

export interface UploadCardOptions {
	readonly file: File;
	readonly task: UploadTask;
	/** Uploads the same file again, to `key` where the task had one: what OSS holds is not sent again. */
	again(key: string | undefined): UploadTask;
	/** Whether an upload of this checkpoint is still under way somewhere, or can be resumed. */
	isPending(checkpointId: string): Promise<boolean>;
	/** The task ended, or began again: what is interrupted may have changed. */
	onChange(): void;
	onDismiss(): void;
}

/** One upload: how far it is, what happens to each part, and the buttons that control it. */
export class UploadCard {
	readonly node: HTMLLIElement;
	readonly #options: UploadCardOptions;
	#task: UploadTask;
	#frame = 0;
	#retries = 0;
	/** The part that the note says is tried again. */
	#retriedPart: number | undefined;
	#isCancelling = false;
	#error: unknown;
	#grid = new PartGrid();
	readonly #state = element('span', { class: 'state' });
	readonly #key = element('p', { class: 'key' });
	readonly #bar: HTMLProgressElement;
	readonly #percent = element('span', { class: 'percent' });
	readonly #bytes = element('span');
	readonly #pace = element('span');
	/** What is so at the moment: gone with the next state. */
	readonly #note = element('p', { class: 'note' });
	readonly #notices = new Notices();
	readonly #facts = element('dl', { class: 'facts' });
	readonly #buttons: CardButtons;

	constructor(options: UploadCardOptions) {
		const { name } = options.file;
		this.#options = options;
		this.#bar = element('progress', { max: '100', 'aria-label': `Progress of ${name}` });
		this.#buttons = new CardButtons({
			name,
			onGo: () => this.#onGo(),
			onCancel: () => void this.#cancel(),
			onDismiss: () => {
				this.close();
				this.#options.onDismiss();
			},
		});
		this.node = element(
			'li',
			{ class: 'card' },
			element('div', { class: 'head' }, element('h3', {}, name), this.#state),
			this.#key,
			element('div', { class: 'bar' }, this.#bar, this.#percent),
			element('p', { class: 'numbers' }, this.#bytes, this.#pace),
			this.#grid.node,
			this.#note,
			this.#notices.node,
			this.#facts,
			this.#buttons.node,
		);
		this.#task = options.task;
		this.#watch();
	}

	/** The upload's checkpoint, where it is under way, being cancelled, or may be tried again from here. */
	get checkpointId(): string | undefined {
		const isOver = this.#task.state === 'done' || (this.#task.state === 'aborted' && !this.#isCancelling);
		return isOver ? undefined : this.#task.checkpointId;
	}

	/** Takes the card away; its task is left alone. */
	close(): void {
		this.#grid.close();
		cancelAnimationFrame(this.#frame);
		this.node.remove();
	}

	#watch(): void {
		const task = this.#task;
		this.node.dataset.state = task.state;
		task.on('state', (state) => this.#onState(state));
		task.on('progress', () => this.#schedule());
		task.on('part', (part) => this.#onPart(part));
		task.on('retry', (retry) => this.#onRetry(retry));
		task.on('warning', (warning) => this.#onWarning(warning));
		task.result.then(
			(result) => this.#onDone(result),
			(error: unknown) => this.#onFailed(error),
		);
		this.#schedule();
	}

	#onState(state: TaskState): void {
		this.node.dataset.state = state;
		if (!isSending(state)) {
			this.#grid.replace('sending', 'waiting');
			this.#grid.replace('retrying', state === 'failed' ? 'failed' : 'waiting');
		}
		this.#say('');
		this.#announce(this.#isCancelling ? 'Cancelling …' : STATE_WORDS[state]);
		this.#schedule();
		// The page's list of interrupted uploads depends on which run here.
		this.#options.onChange();
	}

	#onPart({ partNumber, status, resumed }: PartEvent): void {
		// The plan comes with the first progress, and parts found stored may come before it.
		this.#grid.setTotal(this.#task.progress.partsTotal);
		if (status === 'stored') this.#grid.set(partNumber, resumed ? 'resumed' : 'stored');
		else if (status === 'sending') this.#grid.set(partNumber, 'sending');
		else if (status === 'failed' && isSending(this.#task.state)) this.#grid.set(partNumber, 'retrying');
		// Lost, or failed because there is no network: its turn comes again.
		else this.#grid.set(partNumber, 'waiting');
		if (status === 'stored' && partNumber === this.#retriedPart) this.#say('');
	}

	#onRetry({ partNumber, operation, error }: RetryEvent): void {
		this.#retries++;
		const what = partNumber === undefined ? operation : `Part ${partNumber}`;
		this.#say(`${what} is tried again: ${error.message}`);
		this.#retriedPart = partNumber;
	}

	#onWarning(warning: UploadWarning): void {
		this.#notices.add(warning);
		// While cancelling all is said at once, at the end.
		if (!this.#isCancelling) this.#announce(warning.message);
	}

	#onDone(result: UploadResult): void {
		this.#grid.setTotal(Math.max(1, this.#task.progress.partsTotal));
		for (const state of ['waiting', 'sending', 'retrying'] as const) this.#grid.replace(state, 'stored');
		const facts: readonly (readonly [string, string | undefined])[] = [
			['Check', VERIFIED[result.verified]],
			['Sent before', result.resumed > 0 ? `${formatBytes(result.resumed)} were not sent again` : undefined],
			['Failed on the way', this.#retries > 0 ? `${count(this.#retries, 'request')}, sent again` : undefined],
			['CRC64', result.crc64],
			['ETag', result.etag],
			['Request', result.requestId],
		];
		for (const [name, value] of facts) {
			if (value) this.#facts.append(element('div', {}, element('dt', {}, name), element('dd', {}, value)));
		}
		this.#facts.dataset.verified = result.verified;
		this.#schedule();
	}

	#onFailed(error: unknown): void {
		const { state } = this.#task;
		this.#error = error;
		this.#schedule();
		// What became of it is said when `abort()` has resolved: only then it is known.
		if (state === 'aborted') return;
		if (state === 'stopped') {
			this.#say('What OSS holds of it is kept: try again to go on.');
			return;
		}
		this.#note.replaceChildren(element('strong', {}, adviceOn(error)), evidenceOf(error));
		this.#announce(adviceOn(error));
	}

	#onGo(): void {
		const { state } = this.#task;
		if (state === 'paused') this.#task.resume();
		else if (isFinal(state)) this.#again();
		else this.#task.pause();
	}

	#again(): void {
		this.#task = this.#options.again(this.#task.key);
		const grid = new PartGrid();
		this.#grid.close();
		this.#grid.node.replaceWith(grid.node);
		this.#grid = grid;
		this.#retries = 0;
		this.#error = undefined;
		this.#say('');
		this.#notices.clear();
		this.#facts.replaceChildren();
		this.#watch();
		this.#options.onChange();
	}

	async #cancel(): Promise<void> {
		const task = this.#task;
		this.#isCancelling = true;
		const untold: string[] = [];
		const stop = task.on('warning', ({ code, message }) => {
			if (code === 'Abandoned') untold.push(message);
		});
		await task.abort();
		stop();
		const { checkpointId = '' } = task;
		const isElsewhere = checkpointId !== '' && (await this.#options.isPending(checkpointId));
		this.#isCancelling = false;
		this.#schedule();
		// OSS may have put it together before it could be cancelled.
		if (task.state === 'aborted') {
			this.#say(isElsewhere ? ELSEWHERE : untold.length > 0 ? UNTOLD : endOf(task));
			this.#announce([STATE_WORDS.aborted, this.#note.textContent, ...untold].join('. '));
		}
		this.#options.onChange();
	}

	#say(sentence: string): void {
		setText(this.#note, sentence);
		this.#retriedPart = undefined;
	}

	#announce(sentence: string): void {
		announce(`${this.#options.file.name}: ${sentence}`);
	}

	/** Events may come by the hundred a second; the screen shows sixty. */
	#schedule(): void {
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0;
			this.#render();
		});
	}

	#render(): void {
		const { state, progress, key, checkpointId } = this.#task;
		const shown = state === 'done' ? 100 : percentOf(shownBytes(state, progress), progress.total);
		if (progress.partsTotal > 0) this.#grid.setTotal(progress.partsTotal);
		setText(this.#state, this.#isCancelling ? 'Cancelling …' : STATE_WORDS[state]);
		setText(this.#key, key ?? '');
		setText(this.#percent, `${shown} %`);
		if (this.#bar.value !== shown || !this.#bar.hasAttribute('value')) this.#bar.value = shown;
		setText(this.#bytes, bytesOf(state, progress));
		setText(this.#pace, paceOf(state, progress));
		const hasEnded = state === 'stopped' || (state === 'failed' && mayBeKept(this.#error));
		const isKept = hasEnded && checkpointId !== undefined;
		this.#buttons.show({ state, isCancelling: this.#isCancelling, isKept });
	}
}

const ELSEWHERE = 'This upload goes on in another tab, so nothing of it was deleted.';
const UNTOLD = 'It cannot be resumed any more.';

const endOf = ({ progress: { partsTotal } }: UploadTask): string =>
	partsTotal > 1 ? 'OSS deleted the parts it held: nothing is left to resume.' : 'Nothing is left to resume.';

/** Whether a part that is not stored is being sent, or will be in a moment. */
const isSending = (state: TaskState): boolean =>
	state === 'preparing' || state === 'uploading' || state === 'checking';

/** Whether a failed upload can still be dropped: not one that another tab runs, nor one that OSS has put together. */
function mayBeKept(error: unknown): boolean {
	if (!isUploadError(error)) return true;
	const isPutTogether = error.code === 'ChecksumMismatch' && error.partNumber === undefined;
	return error.code !== 'Locked' && error.code !== 'CallbackFailed' && !isPutTogether;
}
