import {
	type PendingUpload,
	type ResumeOptions,
	type Transport,
	type UploadOptions,
	type UploadResult,
	xhrTransport,
} from '../index.js';
import { ElementBase } from './element-base.js';
import { type Limits, limitsOf, refusalOf } from './limits.js';
import type { PickedFile } from './picked-files.js';
import { Room } from './room.js';
import { Turns } from './turns.js';
import type { News } from './upload-file.js';
import type { UploadItem } from './upload-item.js';
import type { Uploads } from './uploads.js';
import { reasonOf, type Validate } from './validate.js';

/** What `upload()` takes, but the key, for which `objectKey` asks. */
export type ElementUploadOptions = Omit<UploadOptions, 'key'>;

/** The object's name; `path`: within the folder that was picked, else the file's name. */
export type ObjectKey = (
	file: File,
	unfinished: PendingUpload | undefined,
	path: string,
) => string | Promise<string>;

/** Bytes: a copy of a file up to this size is kept, so that it need not be picked again. */
const KEPT_COPY = 64 * 1024 * 1024;

let transport: Transport | undefined;

/** People look at a bar, and a second copy of the page, or of the file, is shown as what it is. */
const DEFAULTS = (): ElementUploadOptions => {
	transport ??= xhrTransport();
	return { transport, ifRunning: 'follow', keepCopy: KEPT_COPY };
};

/** An element that takes files, and says how they are uploaded. One inside of another takes them for that. */
export abstract class IntakeElement extends ElementBase {
	#host: IntakeElement | undefined;
	#objectKey: ObjectKey | undefined;
	#uploadOptions: ElementUploadOptions | ((file: File) => ElementUploadOptions) | undefined;
	#objectUrl: ((result: UploadResult) => string | undefined) | undefined;
	#urls = new WeakMap<UploadResult, string | undefined>();
	#validate: Validate | undefined;
	/** Of its form: files that were on their way at one are not taken after it. */
	#resets = 0;

	// As attributes, see `reflect`.
	declare multiple: boolean;
	declare directory: boolean;
	declare noAuto: boolean;
	declare disabled: boolean;
	declare accept: string;
	declare capture: string;
	declare maxFiles: string;
	declare maxFileSize: string;

	static get observedAttributes(): string[] {
		return [...INTAKE_ATTRIBUTES];
	}

	/** Names the object. By default 16 random letters, then the file's path; an interrupted upload keeps its name. */
	get objectKey(): ObjectKey | undefined {
		return this.#objectKey;
	}

	set objectKey(objectKey: ObjectKey | undefined) {
		this.#objectKey = objectKey;
	}

	/**
	 * Laid over the element's own `{ transport: xhrTransport(), ifRunning: 'follow', keepCopy: 64 MiB }`; as a function, for
	 * each file. Of an interrupted upload that goes on `transport`, `signal` and `onProgress` count, all else is as it was begun:
	 * a function is asked with the file that was chosen again, and not where the browser has kept it.
	 */
	get uploadOptions(): ElementUploadOptions | ((file: File) => ElementUploadOptions) | undefined {
		return this.#uploadOptions;
	}

	set uploadOptions(uploadOptions:
		| ElementUploadOptions
		| ((file: File) => ElementUploadOptions)
		| undefined) {
		this.#uploadOptions = uploadOptions;
	}

	/** The address under which a finished file is opened; without one its name can be copied. */
	get objectUrl(): ((result: UploadResult) => string | undefined) | undefined {
		return this.#objectUrl;
	}

	set objectUrl(objectUrl: ((result: UploadResult) => string | undefined) | undefined) {
		this.#objectUrl = objectUrl;
		this.#urls = new WeakMap();
		this.schedule();
	}

	/** Answers a sentence that says why a file is not taken, at once or later. */
	get validate(): Validate | undefined {
		return this.#validate;
	}

	set validate(validate: Validate | undefined) {
		this.#validate = validate;
	}

	/** Whom the files are for. */
	protected get intake(): IntakeElement {
		return this.#host ?? this;
	}

	/** @internal It is a part of `host`, whose attributes and functions it goes by. */
	join(host: IntakeElement): void {
		this.#host = host;
	}

	protected override changed(attribute: string): void {
		super.changed(attribute);
		// Lists elsewhere show whether its files can be begun.
		if (attribute === 'disabled') this.uploads?.touch();
	}

	/** @internal */
	get isDisabled(): boolean {
		return this.hasAttribute('disabled') || !this.uploader;
	}

	/** @internal */
	get limits(): Limits {
		return limitsOf(this);
	}

	/** @internal `file`: undefined where the browser has kept it. */
	resumeOptions(file: File | undefined): ResumeOptions {
		const { transport, signal, onProgress } = this.#optionsFor(file);
		return { transport, signal, onProgress };
	}

	/** @internal Asked for in each frame; the app is asked once. */
	urlOf(result: UploadResult): string | undefined {
		if (!this.#urls.has(result)) {
			let url: string | undefined;
			try {
				url = this.#objectUrl?.(result);
			} catch (error) {
				// It is the app's mistake, and no other row's.
				reportError(error);
			}
			this.#urls.set(result, url);
		}
		return this.#urls.get(result);
	}

	/**
	 * Files that come from elsewhere, as if they had been picked. Resolves when all have begun.
	 *
	 * @throws TypeError without an uploader
	 */
	async addFiles(files: Iterable<File>): Promise<void> {
		if (!this.uploader) throw new TypeError(`<${this.localName}> has no \`uploader\` yet`);
		await this.take([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
	}

	/** Begins what waits because of `no-auto`. */
	start(): void {
		for (const item of this.uploads?.items ?? []) {
			if (item.owner === this && item.state === 'waiting') item.start();
		}
	}

	/** @internal Those of a dropped folder come later. */
	async take(coming: readonly PickedFile[] | Promise<readonly PickedFile[]>): Promise<void> {
		const resets = this.#resets;
		const picked = coming instanceof Promise ? await coming : coming;
		const files = picked.filter(({ refusal }) => !refusal).map(({ file }) => file);
		if (picked.length === 0 || this.isDisabled || resets !== this.#resets) return;
		if (files.length > 0 && !this.dispatch('oss-upload-before', { files }, true)) return;
		const { own } = this;
		const turns = new Turns();
		const waiting: Promise<void>[] = [];
		for (const one of picked) {
			const { uploads } = this;
			const validate = this.#validate;
			if (resets !== this.#resets || !uploads) break;
			const item = this.#add(one, uploads);
			const decide = (reason?: unknown) => item.isClosed || this.#decide(one, item, reason, uploads, own);
			// Answers may come all at once.
			const answered = async (reason: unknown) => {
				await turns.next();
				decide(reason);
			};
			if (validate && !one.refusal) {
				item.isUndecided = true;
				uploads.show(item);
				waiting.push(reasonOf(validate, one.file, files).then(answered));
			} else decide();
			// Not for each of thousands: between two of them others would take its time.
			if (turns.isOver) await turns.rest();
		}
		await Promise.all(waiting);
	}

	/** @internal Those that it has taken go, and those that are on their way to it. */
	protected reset(): void {
		this.#resets++;
		for (const item of this.own) void this.uploads?.drop(item);
	}

	/** It was taken, and nothing holds it up. */
	protected begin(item: UploadItem): void {
		item.start();
	}

	/** @internal */
	tell(item: UploadItem, news: News): void {
		const { uploads } = this;
		if (news === 'done' && uploads) this.#room(uploads).settle(item);
		if (news !== 'done' && news !== 'failed') return;
		// Whoever listens may send the form.
		this.schedule();
		this.dispatch(`oss-upload-${news}`, { file: item.view() });
	}

	/** The files that it took, shown or not; those that were removed from the list are not among them. */
	protected get own(): readonly UploadItem[] {
		return this.uploads?.of(this) ?? [];
	}

	#add({ file, path }: PickedFile, uploads: Uploads): UploadItem {
		const begin = (key: string | undefined) => this.#upload(file, path, key, uploads);
		return uploads.add({ file, path, owner: this, begin });
	}

	/** `before`: what it had taken when the file came. */
	#decide(
		one: PickedFile,
		item: UploadItem,
		reason: unknown,
		uploads: Uploads,
		before: readonly UploadItem[],
	): void {
		const now = this.uploads;
		if (this.isDisabled || now !== uploads) uploads.remove(item);
		if (this.isDisabled || !now) return;
		// Meanwhile the uploader may be another one.
		const taken = now === uploads ? item : this.#add(one, now);
		const room = this.#room(now);
		const refusal = one.refusal ?? refusalOf(one.file, this.limits, () => room.taken);
		taken.isUndecided = false;
		now.show(taken);
		if (refusal) taken.refuse(refusal(this.words), refusal);
		else if (reason) taken.refuse(reason);
		else {
			room.make(before);
			if (!this.hasAttribute('no-auto')) this.begin(taken);
		}
	}

	#room(uploads: Uploads): Room {
		return new Room(uploads, this, this.limits.maxFiles);
	}

	#optionsFor(file: File | undefined): ElementUploadOptions {
		const own = this.#uploadOptions;
		return { ...DEFAULTS(), ...(typeof own !== 'function' ? own : file && own(file)) };
	}

	#upload(file: File, path: string, key: string | undefined, { uploader }: Uploads) {
		const ask = this.#objectKey ?? defaultKey;
		return uploader.upload(file, {
			...this.#optionsFor(file),
			key: key ?? ((_, unfinished) => ask(file, unfinished, path)),
		});
	}
}

export const INTAKE_FLAGS = ['multiple', 'directory', 'no-auto', 'disabled'] as const;
export const INTAKE_TEXTS = ['accept', 'capture', 'max-files', 'max-file-size'] as const;
export const INTAKE_ATTRIBUTES: readonly string[] = [...INTAKE_FLAGS, ...INTAKE_TEXTS];

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** Nobody can guess it, and no file takes the place of another. */
const defaultKey: ObjectKey = (_, unfinished, path) => {
	const random = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => LETTERS[byte % 32]).join('');
	return unfinished?.key ?? `${random}/${path}`;
};
