import { type Uploader, xhrTransport } from 'oss-resumable-upload';

/** What antd and rc-upload ask with, as far as it is used here. */
interface Request {
	readonly file: Blob | string;
	onProgress?(event: { percent: number }): void;
	onError?(error: Error): void;
	onSuccess?(result: unknown): void;
}

/** `<Upload customRequest={customRequest(uploader)}>`; the file's `response` is the upload's result. */
export function customRequest(uploader: Uploader) {
	// Progress within a part too.
	const transport = xhrTransport();
	return ({ file, onProgress, onError, onSuccess }: Request): { abort(): void } => {
		if (typeof file === 'string') throw new TypeError('There is no file of this address');
		const task = uploader.upload(file, {
			key: (_, unfinished) => unfinished?.key ?? `films/${crypto.randomUUID()}`,
			transport,
			onProgress: ({ loaded, total }) => onProgress?.({ percent: total && (100 * loaded) / total }),
		});
		task.result.then(onSuccess, (error) => {
			// Who removed the file knows.
			if (task.state !== 'aborted') onError?.(error);
		});
		return { abort: () => void task.abort() };
	};
}
