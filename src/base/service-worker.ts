import { UploadError } from './errors.js';

/** By its class, which no other place has. */
export const isServiceWorker = (): boolean => 'ServiceWorkerGlobalScope' in globalThis;

/** It may not load what is loaded late, has no workers, and is ended in the midst of an upload: browsers give it minutes. */
export const inServiceWorker = (cause?: unknown): UploadError =>
	new UploadError(
		'Unsupported',
		'A service worker cannot upload, since import() is forbidden there and the browser ends it after a while: upload from a page or a worker',
		{ cause },
	);
