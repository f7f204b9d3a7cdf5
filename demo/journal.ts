import type { TaskState, Uploader, UploadTask } from 'oss-resumable-upload';
import type { OssUpload, UploadFile } from 'oss-resumable-upload/element';
import type { EventLog, Mood } from './event-log.js';
import { formatSize } from './format.js';

const MOODS: Partial<Record<TaskState, Mood>> = { paused: 'wait', offline: 'wait', stopped: 'wait' };

/** Told with more than their state, by the element. */
const ENDED: readonly TaskState[] = ['done', 'failed'];

/** Writes into the log what becomes of the files. */
export class Journal {
	readonly #log: EventLog;
	readonly #tasks = new WeakSet<UploadTask>();
	#unsubscribe: (() => void) | undefined;

	constructor(log: EventLog, element: OssUpload) {
		this.#log = log;
		element.addEventListener('oss-upload-before', ({ detail: { files } }) => {
			for (const { name, size } of files.slice(0, 20)) log.add(name, `chosen, ${formatSize(size)}`);
			if (files.length > 20) log.add(`${files.length - 20} more files`, 'chosen');
		});
		element.addEventListener('oss-upload-done', ({ detail: { file } }) =>
			log.add(file.name, storedAs(file), 'good'),
		);
		element.addEventListener('oss-upload-failed', ({ detail: { file } }) =>
			log.add(file.name, `${file.state}: ${messageOf(file.error)}`, 'bad'),
		);
	}

	follow(uploader: Uploader): void {
		this.#unsubscribe?.();
		this.#unsubscribe = uploader.subscribe(() => {
			for (const task of uploader.snapshot().tasks) this.#watch(task);
		});
	}

	#watch(task: UploadTask): void {
		if (this.#tasks.has(task)) return;
		this.#tasks.add(task);
		const name = task.file.name || (task.key ?? '');
		const add = (sentence: string, mood?: Mood) => this.#log.add(name, sentence, mood);
		task.on('state', (state) => {
			if (!ENDED.includes(state)) add(state, MOODS[state]);
		});
		task.on('part', ({ partNumber, status, resumed }) => {
			if (status === 'stored') add(`part ${partNumber} ${resumed ? 'was stored before' : 'stored'}`);
			if (status === 'lost') add(`part ${partNumber} is lost, and sent again`, 'wait');
		});
		task.on('retry', ({ operation, partNumber, attempt, error }) => {
			const what = partNumber === undefined ? operation : `part ${partNumber}`;
			add(`${what}, attempt ${attempt}: ${messageOf(error)}`, 'wait');
		});
		task.on('warning', ({ code, message }) => add(`${code}: ${message}`, 'wait'));
	}
}

function storedAs({ key = '', result }: UploadFile): string {
	if (!result) return `stored as ${key}`;
	const { verified, crc64, resumed } = result;
	const facts = [`stored as ${key}`, `verified: ${verified}`, crc64 && `CRC64 ${crc64}`];
	if (resumed > 0) facts.push(`${formatSize(resumed)} not sent again`);
	return facts.filter(Boolean).join(', ');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
