import { type Uploader, type UploadResult, type UploadTask, xhrTransport } from 'oss-resumable-upload';

/** What Element Plus asks with, as far as it is used here. */
interface Request {
	readonly file: File & { readonly uid: number };
	onProgress(event: { percent: number }): void;
}

/** `<el-upload v-bind="uploadHandlers(uploader)">`; the file's `response` is the upload's result. */
export function uploadHandlers(uploader: Uploader) {
	// Progress within a part too.
	const transport = xhrTransport();
	const tasks = new Map<number, UploadTask>();
	return {
		httpRequest({ file, onProgress }: Request): Promise<UploadResult> {
			const task = uploader.upload(file, {
				key: (_, unfinished) => unfinished?.key ?? `films/${crypto.randomUUID()}`,
				transport,
				onProgress: ({ loaded, total }) => onProgress({ percent: total && (100 * loaded) / total }),
			});
			tasks.set(file.uid, task);
			return task.result.finally(() => tasks.delete(file.uid));
		},
		/** Element Plus ends nothing but its own requests. */
		onRemove({ uid }: { readonly uid: number }): void {
			void tasks.get(uid)?.abort();
		},
	};
}
