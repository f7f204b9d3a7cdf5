const NAME = 'film.bin';

/** A file of the origin private file system that holds these bytes. */
export async function handleOf(blob: Blob): Promise<FileSystemFileHandle> {
	await write(blob);
	const directory = await navigator.storage.getDirectory();
	return directory.getFileHandle(NAME);
}

/** In a worker, the one place where all engines can write such a file. */
function write(blob: Blob): Promise<void> {
	const worker = new Worker(new URL('./private-file.worker.ts', import.meta.url), { type: 'module' });
	return new Promise<void>((resolve, reject) => {
		worker.addEventListener('message', ({ data: failure }) =>
			failure === '' ? resolve() : reject(new Error(failure)),
		);
		worker.addEventListener('error', ({ message }) => reject(new Error(message)));
		worker.postMessage({ name: NAME, blob });
	}).finally(() => worker.terminate());
}
