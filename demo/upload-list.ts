import {
	isUploadError,
	type PendingUpload,
	type Uploader,
	type UploadOptions,
	type UploadTask,
} from 'oss-resumable-upload';
import { adviceOn } from './advice.js';
import { find } from './element.js';
import { formatBytes } from './format.js';
import type { Settings } from './settings.js';
import { UploadCard } from './upload-card.js';

export interface UploadListOptions {
	uploader(): Uploader;
	settings(): Settings;
	/** Which uploads run here has changed. */
	onChange(): void;
}

/** The uploads of this page, newest first. */
export class UploadList {
	readonly #options: UploadListOptions;
	readonly #section = find('#uploads', HTMLElement);
	readonly #list = find('#uploads ul', HTMLElement);
	readonly #cards = new Set<UploadCard>();

	constructor(options: UploadListOptions) {
		this.#options = options;
	}

	/** Uploads a file, or goes on with it where an earlier visit stopped. */
	add(file: File): void {
		this.#show(this.#card(file, this.#upload(file)));
	}

	/** Goes on with an interrupted upload; resolves with a sentence when this is not its file. */
	async goOn(interrupted: PendingUpload, file: File): Promise<string | undefined> {
		const { id, size } = interrupted;
		if (file.size !== size) {
			return otherFile(interrupted, file, `it has ${formatBytes(file.size)}, not ${formatBytes(size)}`);
		}
		const task = this.#options.uploader().resume(id, file);
		const card = this.#card(file, task);
		await compared(task);
		if (task.state !== 'failed') {
			this.#show(card);
			return undefined;
		}
		card.close();
		const error: unknown = await task.result.catch((reason: unknown) => reason);
		const isOtherFile = isUploadError(error) && error.code === 'FileChanged';
		return isOtherFile ? otherFile(interrupted, file, 'its content differs') : adviceOn(error);
	}

	/** Whether an upload runs here, or may be tried again here. */
	has(checkpointId: string): boolean {
		return [...this.#cards].some((card) => card.checkpointId === checkpointId);
	}

	#upload(file: File, key: UploadOptions['key'] = keyFor): UploadTask {
		const { partSize, verify } = this.#options.settings();
		return this.#options.uploader().upload(file, { key, partSize, verify });
	}

	#card(file: File, task: UploadTask): UploadCard {
		const card: UploadCard = new UploadCard({
			file,
			task,
			again: (key) => this.#upload(file, key),
			isPending: async (checkpointId) =>
				(await this.#options.uploader().pending()).some(({ id }) => id === checkpointId),
			onChange: () => this.#options.onChange(),
			onDismiss: () => {
				this.#cards.delete(card);
				this.#section.hidden = this.#cards.size === 0;
				// The button that had the focus is gone with its card.
				find(this.#section.hidden ? '#picker-title' : '#uploads-title', HTMLElement).focus();
				this.#options.onChange();
			},
		});
		return card;
	}

	#show(card: UploadCard): void {
		this.#cards.add(card);
		this.#list.prepend(card.node);
		this.#section.hidden = false;
	}
}

/**
 * Answering the key of the unfinished upload goes on with it; any other key begins anew, even for the same file. So the
 * random one is only for a file of which nothing is unfinished. Where keys come from elsewhere, from a path or an album,
 * it is compared instead: two files of equal content are two objects.
 */
const keyFor = (file: Blob, unfinished: PendingUpload | undefined): string =>
	unfinished?.key ?? `demo/${crypto.randomUUID().slice(0, 8)}-${file instanceof File ? file.name : 'file'}`;

/** Resolves once OSS and file were compared, when parts go out or the task is over. */
const compared = (task: UploadTask): Promise<void> =>
	new Promise((resolve) => {
		const settle = () => {
			if (task.state === 'waiting' || task.state === 'preparing') return;
			stop();
			resolve();
		};
		const stop = task.on('state', settle);
		settle();
	});

const otherFile = ({ name }: PendingUpload, file: File, why: string): string =>
	`${file.name} is not the file of this upload: ${why}. Nothing was changed; pick ${name}.`;
