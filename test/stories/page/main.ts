import * as oss from 'oss-resumable-upload';

declare global {
	interface Window {
		/** The library, for the stories that are told from outside of the page. */
		oss: typeof oss;
		task: oss.UploadTask;
		uploader: oss.Uploader;
		warnings: string[];
	}
}

window.oss = oss;
window.warnings = [];
