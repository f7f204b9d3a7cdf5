import * as oss from 'oss-resumable-upload';

declare global {
	interface Window {
		/** The library, for the stories that are told from outside of the page. */
		oss: typeof oss;
		task: oss.UploadTask;
		uploader: oss.Uploader;
		warnings: string[];
		/** Requests that were sent again. */
		retries: number;
		startWorker: () => Worker;
		loadDiagnose: () => Promise<typeof import('oss-resumable-upload/diagnose')>;
	}
}

window.oss = oss;
window.warnings = [];
window.startWorker = () => new Worker(new URL('./upload.worker.ts', import.meta.url), { type: 'module' });
window.loadDiagnose = () => import('oss-resumable-upload/diagnose');
