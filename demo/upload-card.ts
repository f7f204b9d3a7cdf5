import type { Progress, TaskState, UploadResult, UploadTask } from 'oss-resumable-upload';
import { adviceOn, evidenceOf } from './advice.js';
import { announce } from './announcer.js';
import { element, setText } from './element.js';
import { count, formatBytes, formatDuration, percentOf } from './format.js';
import { PartGrid } from './part-grid.js';

const WORDS: Readonly<Record<TaskState, string>> = {
	waiting: 'Waiting for its turn',
	preparing: 'Getting ready',
	uploading: 'Uploading',
	paused: 'Paused',
	offline: 'No network: goes on by itself',
	completing: 'Putting the parts together',
	done: 'Done',
	failed: 'Failed',
	aborted: 'Cancelled',
};
const VERIFIED: Readonly<Record<UploadResult['verified'], string>> = {
	object: 'Verified: OSS holds what the file holds',
	parts: 'Verified part by part',
	none: 'Not verified',
};
const isFinal = (state: TaskState): boolean => ['done', 'failed', 'aborted'].includes(state);

export interface UploadCardOptions {
	readonly file: File;
	readonly task: UploadTask;
	/** Starts anew with the same file; what OSS holds is not sent again. */
	again(): UploadTask;
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
	#isCancelling = false;
	#grid = new PartGrid();
	readonly #state = element('span', { class: 'state' });
	readonly #key = element('p', { class: 'key' });
	readonly #bar: HTMLProgressElement;
	readonly #percent = element('span', { class: 'percent' });
	readonly #bytes = element('span');
	readonly #pace = element('span');
	readonly #note = element('p', { class: 'note' });
	readonly #facts = element('dl', { class: 'facts' });
	/** Pause, resume, or start again: one button, so that the focus stays where it is. */
	readonly #go: HTMLButtonElement;
	/** Cancel, then dismiss. */
	readonly #end: HTMLButtonElement;

	constructor(options: UploadCardOptions) {
		const { name } = options.file;
		this.#options = options;
		this.#bar = element('progress', { max: '100', 'aria-label': `Progress of ${name}` });
		this.#go = this.#button('primary', () => this.#onGo());
		this.#end = this.#button('plain', () => this.#onEnd());
		this.node = element(
			'li',
			{ class: 'card' },
			element('div', { class: 'head' }, element('h3', {}, name), this.#state),
			this.#key,
			element('div', { class: 'bar' }, this.#bar, this.#percent),
			element('p', { class: 'numbers' }, this.#bytes, this.#pace),
			this.#grid.node,
			this.#note,
			this.#facts,
			element('p', { class: 'buttons' }, this.#go, this.#end),
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

	#button(kind: string, onClick: () => void): HTMLButtonElement {
		const button = element('button', { type: 'button', class: kind });
		button.addEventListener('click', onClick);
		return button;
	}

	#watch(): void {
		const task = this.#task;
		this.node.dataset.state = task.state;
		task.on('state', (state) => this.#onState(state));
		task.on('progress', () => this.#schedule());
		task.on('part', ({ partNumber, status, resumed }) => {
			// The plan comes with the first progress, and parts found stored may come before it.
			this.#grid.setTotal(task.progress.partsTotal);
			if (status === 'stored') this.#grid.set(partNumber, resumed ? 'resumed' : 'stored');
			else if (status === 'sending') this.#grid.set(partNumber, 'sending');
			else this.#grid.set(partNumber, status === 'failed' ? 'retrying' : 'waiting');
		});
		task.on('retry', ({ partNumber, operation, error }) => {
			this.#retries++;
			const what = partNumber === undefined ? operation : `Part ${partNumber}`;
			setText(this.#note, `${what} is tried again: ${error.message}`);
		});
		task.on('warning', ({ message }) => setText(this.#note, message));
		task.result.then(
			(result) => this.#onDone(result),
			(error: unknown) => this.#onFailed(error),
		);
		this.#schedule();
	}

	#onState(state: TaskState): void {
		this.node.dataset.state = state;
		if (state === 'paused' || state === 'offline' || state === 'aborted') {
			this.#grid.replace('sending', 'waiting');
			this.#grid.replace('retrying', 'waiting');
		}
		setText(this.#note, '');
		announce(`${this.#options.file.name}: ${WORDS[state]}`);
		this.#schedule();
		// The page's list of interrupted uploads depends on which run here.
		this.#options.onChange();
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
		this.#schedule();
		if (this.#task.state === 'aborted') {
			setText(
				this.#note,
				'Cancelled: OSS was told to delete the parts it held, and nothing is left to resume.',
			);
			return;
		}
		this.#grid.replace('sending', 'waiting');
		this.#grid.replace('retrying', 'failed');
		this.#note.replaceChildren(
			element('strong', {}, adviceOn(error)),
			element('span', { class: 'evidence' }, evidenceOf(error)),
		);
		announce(`${this.#options.file.name}: ${adviceOn(error)}`);
	}

	#onGo(): void {
		const { state } = this.#task;
		if (state === 'paused') this.#task.resume();
		else if (isFinal(state)) this.#again();
		else this.#task.pause();
	}

	#again(): void {
		this.#task = this.#options.again();
		const grid = new PartGrid();
		this.#grid.close();
		this.#grid.node.replaceWith(grid.node);
		this.#grid = grid;
		this.#retries = 0;
		this.#note.replaceChildren();
		this.#facts.replaceChildren();
		this.#watch();
		this.#options.onChange();
	}

	#onEnd(): void {
		if (!isFinal(this.#task.state)) {
			void this.#cancel();
			return;
		}
		this.close();
		this.#options.onDismiss();
	}

	async #cancel(): Promise<void> {
		const task = this.#task;
		this.#isCancelling = true;
		let problem = '';
		const stop = task.on('warning', ({ message }) => {
			problem = message;
		});
		await task.abort();
		stop();
		this.#isCancelling = false;
		if (task !== this.#task) return;
		setText(this.#note, problem || 'OSS deleted the parts it held: nothing is left to resume.');
		this.#options.onChange();
	}

	/** Events may come by the hundred a second; the screen shows sixty. */
	#schedule(): void {
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0;
			this.#render();
		});
	}

	#render(): void {
		const { state, progress, key } = this.#task;
		const percent = percentOf(progress.loaded, progress.total);
		const shown = state === 'done' ? 100 : percent;
		if (progress.partsTotal > 0) this.#grid.setTotal(progress.partsTotal);
		setText(this.#state, WORDS[state]);
		setText(this.#key, key ?? '');
		setText(this.#percent, `${shown} %`);
		if (this.#bar.value !== shown || !this.#bar.hasAttribute('value')) this.#bar.value = shown;
		setText(this.#bytes, bytesOf(state, progress));
		setText(this.#pace, paceOf(state, progress));
		this.#renderButtons(state);
	}

	#renderButtons(state: TaskState): void {
		const { name } = this.#options.file;
		const go = { paused: 'Resume', failed: 'Try again', aborted: 'Start again' }[String(state)] ?? 'Pause';
		const end = isFinal(state) ? 'Dismiss' : 'Cancel';
		for (const [button, word] of [
			[this.#go, go],
			[this.#end, end],
		] as const) {
			setText(button, word);
			button.setAttribute('aria-label', `${word} ${name}`);
		}
		// A hidden button would drop the focus on the floor.
		if (state === 'done' && document.activeElement === this.#go) this.#end.focus();
		this.#go.hidden = state === 'done';
		this.#go.disabled = state === 'completing';
	}
}

const bytesOf = (state: TaskState, { loaded, total }: Progress): string =>
	state === 'done' ? formatBytes(total) : `${formatBytes(loaded)} of ${formatBytes(total)}`;

function paceOf(state: TaskState, { bytesPerSecond, remainingMs }: Progress): string {
	if (state !== 'uploading' || bytesPerSecond === 0) return '';
	const speed = `${formatBytes(bytesPerSecond)}/s`;
	return remainingMs === undefined ? speed : `${speed} · ${formatDuration(remainingMs)} left`;
}
