import { type Uploader, xhrTransport } from 'oss-resumable-upload';

/** `FilePond.create(input, { server: { process: processWith(uploader), revert: null } })`; the file's id is its key. */
export function processWith(uploader: Uploader) {
	// Progress within a part too.
	const transport = xhrTransport();
	return (
		_fieldName: string,
		file: Blob,
		_metadata: unknown,
		load: (id: string) => void,
		error: (reason: string) => void,
		progress: (isComputable: boolean, loaded: number, total: number) => void,
		abort: () => void,
	): { abort(): void } => {
		const task = uploader.upload(file, {
			key: (_, unfinished) => unfinished?.key ?? `films/${crypto.randomUUID()}`,
			transport,
			onProgress: ({ loaded, total }) => progress(total > 0, loaded, total),
		});
		task.result.then(
			({ key }) => load(key),
			({ message }) => {
				// Who cancelled it knows.
				if (task.state !== 'aborted') error(message);
			},
		);
		return {
			abort() {
				void task.abort();
				abort();
			},
		};
	};
}
