import type { Ask } from './asked.js';
import { openApp, Watched } from './watched.js';

/** An upload that never sees a window: the whole library runs in here, its own hash worker inside this one. */
addEventListener('message', ({ data: { ask, blob } }: MessageEvent<{ ask: Ask; blob: Blob }>) => {
	const app = openApp(ask);
	const task = app.uploader.upload(blob, { ...ask.upload, key: ask.key });
	const watched = new Watched(task, app, () => postMessage(watched.seen()));
});
