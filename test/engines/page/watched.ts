import {
	createUploader,
	type Uploader,
	type UploadOptions,
	type UploadTask,
	xhrTransport,
} from 'oss-resumable-upload';
import type { Opening, Outcome, Seen } from './asked.js';
import { type Sendings, stubbornTransport } from './stubborn-transport.js';

/** An upload, and what became of it: in a page or in a worker of one. */
export class Watched {
	readonly task: UploadTask;
	readonly #onChange: () => void;
	readonly #asked: () => number;
	readonly #sent: number[] = [];
	readonly #warnings: { readonly code: string; readonly message: string }[] = [];
	#retries = 0;
	#movedInsidePart = false;
	#outcome: Outcome | undefined;

	constructor(task: UploadTask, { asked, partSize }: Pick<App, 'asked' | 'partSize'>, onChange: () => void) {
		this.#onChange = onChange;
		this.#asked = asked;
		this.task = task;
		this.task.on('part', ({ status, partNumber }) => {
			if (status === 'sending') this.#sent.push(partNumber);
			onChange();
		});
		this.task.on('progress', ({ loaded, total }) => {
			if (typeof partSize === 'number' && loaded < total && loaded % partSize !== 0)
				this.#movedInsidePart = true;
			onChange();
		});
		this.task.on('state', onChange);
		this.task.on('retry', () => {
			this.#retries++;
			onChange();
		});
		this.task.on('warning', ({ code, message }) => {
			this.#warnings.push({ code, message });
			onChange();
		});
		this.task.result.then(
			(result) => this.#end({ result }),
			({ name, code, message }) => this.#end({ error: { name, code, message } }),
		);
	}

	seen(): Seen {
		const { loaded, stored, resumed, partsDone } = this.task.progress;
		return {
			...{ state: this.task.state, loaded, stored, resumed, partsDone },
			sent: this.#sent,
			movedInsidePart: this.#movedInsidePart,
			retries: this.#retries,
			asked: this.#asked(),
			warnings: this.#warnings,
			...(this.#outcome && { outcome: this.#outcome }),
		};
	}

	#end(outcome: Outcome): void {
		this.#outcome = outcome;
		this.#onChange();
	}
}

/** An app's uploader. */
export interface App {
	readonly uploader: Uploader;
	/** How often it asked for credentials. */
	readonly asked: () => number;
	readonly partSize: UploadOptions['partSize'];
}

/** Of all apps of the page. */
export const sendings: Sendings = { fromDisk: 0, mostInMemory: 0 };

export function openApp({
	endpoint,
	tokenSeconds = 900,
	transport = 'fetch',
	patienceMs,
	upload,
}: Opening): App {
	let asked = 0;
	const uploader = createUploader({
		bucket: 'examplebucket',
		region: 'cn-hangzhou',
		endpoint,
		// The profile outlives a scenario, and its OSS does not.
		scope: endpoint,
		async getCredentials() {
			asked++;
			return (await fetch(`${endpoint}/-/sts?ttl=${tokenSeconds}`, { method: 'POST' })).json();
		},
		...(transport === 'xhr' && { transport: xhrTransport() }),
		...((transport === 'empties' || transport === 'hangs') && {
			transport: stubbornTransport(transport, sendings),
		}),
		...(patienceMs !== undefined && { retry: { patienceMs, minDelayMs: 1, maxDelayMs: 5 } }),
	});
	return { uploader, asked: () => asked, partSize: upload?.partSize };
}

/** So many bytes, of which no two MiB are alike. */
export function bytesOf(size: number): Blob {
	const bytes = new Uint8Array(size);
	let word = size + 1;
	for (let at = 0; at < size; at++) {
		word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
		bytes[at] = word >>> 24;
	}
	return new Blob([bytes]);
}
