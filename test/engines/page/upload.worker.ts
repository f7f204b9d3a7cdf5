import type { Ask } from './asked.js';
import { openApp, Watched } from './watched.js';

/** An upload that never sees a window: the whole library runs in here, its own hash worker inside this one. */
addEventListener('message', ({ data: { ask, blob } }: MessageEvent<{ ask: Ask; blob: Blob }>) => {
	const watched = new Watched(openApp(ask), blob, ask.key, ask, () => postMessage(watched.seen()));
});
