import { latestUploader } from '../binding/latest-uploader.js';
import type { Uploader, UploaderOptions } from '../index.js';

/** A component's uploader, and whether it is still in use. */
export class OwnUploader {
	readonly uploader: Uploader;
	/** Of the latest render, and always of one purpose. */
	options: UploaderOptions;
	isClosed = false;
	#closing: ReturnType<typeof setTimeout> | undefined;

	constructor(options: UploaderOptions) {
		this.options = options;
		this.uploader = latestUploader(() => this.options);
	}

	/** An effect: what it returns ends the use, unless it is used again before the next macrotask. */
	use(): () => void {
		clearTimeout(this.#closing);
		return () => {
			// StrictMode and Fast Refresh end each effect and begin it again at once, and `close()` is final.
			this.#closing = setTimeout(() => {
				this.isClosed = true;
				void this.uploader.close();
			});
		};
	}
}
