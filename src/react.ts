'use client';

import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from 'react';
import { purposeOf } from './binding/latest-uploader.js';
import type { TaskSnapshot, Uploader, UploaderOptions, UploaderSnapshot, UploadTask } from './index.js';
import { OwnUploader } from './react/own-uploader.js';

export type { JsxElements } from './react/jsx-elements.js';
export {
	OssUpload,
	OssUploadButton,
	type OssUploadButtonProps,
	OssUploadDrop,
	type OssUploadDropProps,
	OssUploadList,
	type OssUploadListProps,
	type OssUploadProps,
} from './react/upload-elements.js';

/**
 * An uploader that lives as long as the component. Another `bucket`, `region`, `endpoint` or `scope` makes another one; its
 * functions are always those of the latest render, all else is as it was first said. The old one is closed: its tasks
 * stop, what they have stored stays, and is pending for the next.
 */
export function useUploader(options: UploaderOptions): Uploader {
	const [own, setOwn] = useState(() => new OwnUploader(options));
	// React begins anew at once, and shows nothing of this.
	if (purposeOf(own.options) !== purposeOf(options)) setOwn(new OwnUploader(options));
	// Before any effect of a component that may call them.
	useInsertionEffect(() => {
		own.options = options;
	});
	useEffect(() => {
		// Hidden for a while (`<Activity>`), a component keeps its state, though its effects have ended.
		if (own.isClosed) setOwn(new OwnUploader(own.options));
		return own.use();
	}, [own]);
	return own.uploader;
}

/** What a server shows, and a page that takes over what the server sent. */
const AT_REST: UploaderSnapshot = {
	tasks: [],
	pending: [],
	totals: { loaded: 0, total: 0, bytesPerSecond: 0, remainingMs: undefined, running: 0 },
};

/** What there is to show of an uploader: its tasks, what is interrupted, totals. */
export const useUploads = ({ subscribe, snapshot }: Uploader): UploaderSnapshot =>
	useSyncExternalStore(subscribe, snapshot, () => AT_REST);

const never = () => () => {};

/** What there is to show of a task, if there is one: its state, progress, key, error. */
export function useTask(task: UploadTask): TaskSnapshot;
export function useTask(task: UploadTask | undefined): TaskSnapshot | undefined;
export function useTask(task: UploadTask | undefined): TaskSnapshot | undefined {
	const snapshot = () => task?.snapshot();
	return useSyncExternalStore(task?.subscribe ?? never, snapshot, snapshot);
}
