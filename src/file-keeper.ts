import { withDeadline } from './base/abortable.js';
import { UploadError } from './base/errors.js';
import { fileUnreadable } from './browser/file-unreadable.js';
import type { FileRef } from './browser/source.js';
import { roomForCopy } from './browser/storage/room.js';
import type { CheckpointStore, Clock, FileHandle, SourceStore } from './core/ports.js';
import type { UploadWarning } from './core/task/events.js';
import { isFinal } from './core/task/state.js';
import type { UploadTask } from './core/task/upload-task.js';
import { isFileHandle } from './expect-blob.js';

/** What is at hand of a file without picking it again. */
export type SourceKind = 'handle' | 'copy' | 'needed';

export interface FileKeeperOptions {
	readonly checkpoints: Pick<CheckpointStore, 'sources'> | false;
	readonly clock: Clock;
	/** Ends when the uploader is closed. */
	readonly lifetime: AbortSignal;
	readonly warn: (warning: UploadWarning) => void;
	/** A file is kept that was not before. */
	readonly onKept: () => void;
	/** Resolves when no task runs: what nobody needs any more can wait for what is sent now. */
	readonly whenIdle: () => Promise<void>;
}

/** One task, and how far its file is kept. */
interface Keeping {
	readonly task: UploadTask;
	readonly source: FileRef;
	/** It was opened from what is kept. */
	readonly isOpened: boolean;
	/** Bytes: no larger copy is made. */
	maxCopy: number;
	readonly ended: AbortController;
	/** Undefined also where the browser did not keep it. */
	handle: FileHandle | undefined;
	/** What an earlier visit has kept is known. */
	hasLooked: boolean;
	/** Nothing more is to be done, or something is being done. */
	isBegun: boolean;
}

/** Milliseconds: an upload that takes no longer is not worth a copy. */
const WORTH_MS = 10_000;
/** Milliseconds in which the store answers, if it does at all. */
const ANSWER_MS = 10_000;

/** Keeps files beside their uploads, and opens them on a later visit. */
export class FileKeeper {
	#sources: Promise<SourceStore | undefined> | undefined;
	readonly #options: FileKeeperOptions;
	/** As they were listed: a permission has to be asked for in the very click, and the store answers too late for that. */
	readonly #handles = new Map<string, FileHandle>();
	/** Ids of uploads that run here, and whose file is kept. */
	readonly #kept = new Set<string>();
	/** One at a time: each takes the disk's time. */
	#isCopying = false;
	#hasWarned = false;
	/** Why nothing is asked of the store, which may hang for good. */
	#silence: UploadError | undefined;
	/** What is kept for nothing has been removed, or is to be. */
	#isTidied = false;

	constructor(options: FileKeeperOptions) {
		this.#options = options;
	}

	/** What is kept, by the ids of the uploads; as if nothing were where that cannot be told. */
	async list(): Promise<ReadonlyMap<string, SourceKind>> {
		const rows = await this.#ask((sources) => sources.list()).catch(() => undefined);
		if (!rows) return new Map();
		this.#handles.clear();
		for (const { id, handle } of rows) if (handle) this.#handles.set(id, handle);
		return new Map(rows.map(({ id, handle }) => [id, handle ? 'handle' : 'copy']));
	}

	/** Of a handle that was listed. */
	nameOf(id: string): string {
		return this.#handles.get(id)?.name ?? '';
	}

	/**
	 * The file of a handle, or what is kept of the upload of this id, once it may be read. Of a handle that was listed the
	 * permission is asked for before anything is awaited. `before`: as it was opened the last time.
	 */
	async open(source: FileHandle | string, before?: Blob): Promise<Blob> {
		const handle = typeof source === 'string' ? this.#handles.get(source) : source;
		// A copy that was opened before is at hand, whatever has become of the store.
		const file = handle ?? before ?? (await this.#load(String(source)));
		const opened = 'getFile' in file ? await openHandle(file) : file;
		// Parts of the one beside parts of the other would be neither.
		if (before && versionOf(opened) !== versionOf(before)) throw new UploadError('FileChanged', CHANGED);
		return opened;
	}

	/**
	 * Keeps the task's file, a handle or a copy, as soon as there is an upload that it would be needed for. `picked`: undefined
	 * of a file that was opened from what is kept.
	 */
	keep(task: UploadTask, source: FileRef, picked: unknown, maxCopy: number): void {
		const keeping: Keeping = {
			...{ task, source, maxCopy, isOpened: picked === undefined },
			handle: isFileHandle(picked) ? picked : undefined,
			ended: new AbortController(),
			hasLooked: false,
			isBegun: false,
		};
		const look = () => {
			this.#look(keeping);
			if (isFinal(task.state)) for (const stop of stops.splice(0)) stop();
		};
		const stops = [task.on('state', look), task.on('progress', look)];
		look();
	}

	/** Whether the upload could go on without anybody picking its file. */
	holds({ checkpointId = '' }: UploadTask): boolean {
		return this.#kept.has(checkpointId);
	}

	/** Removes files that are kept for nothing; resolves with how many there were. */
	async removeOrphans(): Promise<number> {
		this.#isTidied = true;
		return (await this.#ask((sources) => sources.removeOrphans())) ?? 0;
	}

	#look(keeping: Keeping): void {
		const { task, ended, handle } = keeping;
		const { state, checkpointId, progress } = task;
		if (checkpointId === undefined) return;
		if (isFinal(state)) {
			this.#kept.delete(checkpointId);
			if (state === 'done' || state === 'aborted') ended.abort();
			return;
		}
		if (keeping.isBegun || state === 'preparing' || progress.partsTotal < 2) return;
		const isWorth = (progress.remainingMs ?? 0) > WORTH_MS;
		if (!handle && (this.#isCopying || (keeping.hasLooked && !isWorth))) return;
		keeping.isBegun = true;
		this.#isCopying ||= !handle;
		void this.#begin(keeping, checkpointId, isWorth).finally(() => {
			if (!handle) this.#isCopying = false;
		});
	}

	async #begin(keeping: Keeping, id: string, isWorth: boolean): Promise<void> {
		const { task, ended, handle } = keeping;
		try {
			const sources = await this.#ask(async (opened) => opened);
			if (!sources) return;
			const isKept = await (handle
				? sources.put(id, handle, ended.signal)
				: this.#keepCopy(sources, keeping, id, isWorth));
			if (!isKept || isFinal(task.state)) return;
			if (handle) this.#handles.set(id, handle);
			this.#kept.add(id);
			this.#options.onKept();
		} catch (cause) {
			if (ended.signal.aborted) return;
			const wantsCopy = keeping.maxCopy > 0;
			// Safari stores no handle: then a copy may do, and one of another version is in the way.
			keeping.handle = undefined;
			keeping.hasLooked = !handle;
			keeping.isBegun = !handle && isWorth;
			if (handle ? !wantsCopy : wantsCopy && isWorth) this.#warn(cause);
		}
	}

	/** Whether the task's file is kept. `isWorth`: so much remains that a copy of it may be written. */
	async #keepCopy(sources: SourceStore, keeping: Keeping, id: string, isWorth: boolean): Promise<boolean> {
		const { source, ended } = keeping;
		const blob = await source.blob;
		if (!keeping.hasLooked && (await this.#isKept(sources, keeping, id, blob))) return true;
		keeping.hasLooked = true;
		if (blob.size > keeping.maxCopy) return false;
		keeping.isBegun = isWorth;
		if (!isWorth) return false;
		const rows = await sources.list();
		const room = await roomForCopy(rows.reduce((sum, { size }) => sum + size, 0));
		if (blob.size > room) throw new RangeError(`There is room for ${Math.max(0, Math.floor(room))} bytes`);
		const isKept = await sources.put(id, blob, ended.signal);
		// It is to be opened the way that is kept now.
		this.#handles.delete(id);
		return isKept;
	}

	/** By an earlier visit. A handle may be of a file that was moved; a copy of another version must not be gone on with. */
	async #isKept(sources: SourceStore, keeping: Keeping, id: string, blob: Blob): Promise<boolean> {
		const kept = await sources.load(id);
		if (!kept || keeping.isOpened) return kept !== undefined;
		if ('getFile' in kept) return false;
		if (versionOf(kept) === versionOf(blob)) return true;
		await sources.delete(id);
		keeping.maxCopy = Math.max(keeping.maxCopy, kept.size);
		return false;
	}

	async #load(id: string): Promise<Blob | FileHandle> {
		const source = await this.#ask((sources) => sources.load(id));
		if (!source) throw notKept();
		if ('getFile' in source) this.#handles.set(id, source);
		return source;
	}

	#warn(cause: unknown, message = NOT_KEPT): void {
		if (this.#hasWarned) return;
		this.#hasWarned = true;
		this.#options.warn({ code: 'Storage', message, cause });
	}

	/** The store may hang: it is waited for once, and asked again when it has answered. */
	async #ask<T>(ask: (sources: SourceStore) => Promise<T>): Promise<T | undefined> {
		if (this.#silence) throw this.#silence;
		const { clock, lifetime } = this.#options;
		const asked = async () => {
			try {
				const sources = await this.#store();
				return sources && (await ask(sources));
			} finally {
				this.#silence = undefined;
			}
		};
		return withDeadline(clock, ANSWER_MS, lifetime, asked, (message) => {
			this.#silence = noAnswer(message);
			this.#warn(this.#silence, this.#silence.message);
			return this.#silence;
		});
	}

	/** Undefined where none is there, such as with checkpoints in memory. */
	#store(): Promise<SourceStore | undefined> {
		this.#sources ??= this.#openStore().catch((error: unknown) => {
			// Nothing is kept of a failure.
			this.#sources = undefined;
			throw error;
		});
		return this.#sources;
	}

	async #openStore(): Promise<SourceStore | undefined> {
		const { checkpoints } = this.#options;
		const sources = (checkpoints && (await checkpoints.sources?.())) || undefined;
		if (sources && !this.#isTidied) this.#tidy().catch(() => {});
		return sources;
	}

	async #tidy(): Promise<void> {
		const { whenIdle, lifetime } = this.#options;
		await whenIdle();
		if (!lifetime.aborted) await this.removeOrphans();
	}
}

async function openHandle(handle: FileHandle): Promise<Blob> {
	try {
		const answer = await handle.requestPermission?.({ mode: 'read' });
		if (answer !== undefined && answer !== 'granted') throw new Error(`The permission is ${answer}`);
	} catch (cause) {
		throw new UploadError('FileUnreadable', REFUSED, { cause });
	}
	try {
		return await handle.getFile();
	} catch (cause) {
		throw fileUnreadable(cause);
	}
}

/** A recording has no time, and is kept as if it had none. */
const versionOf = ({ size, lastModified = 0 }: Blob & Partial<File>): string => `${size} ${lastModified}`;

const CHANGED = 'The file was changed while it was sent: pick it again';

const NOT_KEPT =
	'The file is not kept beside its upload, which goes on: after a reload it has to be picked again. The browser refuses it, or has no room for it';
const REFUSED =
	'The file may not be read without permission: call upload() or resume() inside of a click and have it allowed, or have the file picked again';

/** For callers that rely on what is not there. */
const notKept = (): TypeError =>
	new TypeError('No file is kept of this upload: have it picked, and call resume(id, file)');

const noAnswer = (message: string): UploadError =>
	new UploadError(
		'Storage',
		`${message} from the store of files: have the file picked, and call resume(id, file)`,
	);
