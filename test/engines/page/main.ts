import type { Ask, Looked, Seen } from './asked.js';
import { bytesOf, openApp, Watched } from './watched.js';

declare global {
	interface Window {
		/** Kept by a script that ran before. */
		readonly workers: Looked['workers'];
	}
}

/** Milliseconds that a look waits for something to change: other tabs may have to wait as long. */
const LOOK_MS = 400;

/** How many look at what changes: all that wait are woken. */
class Changes {
	version = 0;
	#waiting: (() => void)[] = [];

	readonly change = (): void => {
		this.version++;
		for (const wake of this.#waiting.splice(0)) wake();
	};

	async after(version: number): Promise<void> {
		if (this.version > version) return;
		await new Promise<void>((resolve) => {
			this.#waiting.push(resolve);
			setTimeout(resolve, LOOK_MS);
		});
	}
}

const changes = new Changes();
let uploads: readonly { seen(): Seen }[] = [];
let app: ReturnType<typeof openApp> | undefined;

const picked = (): readonly File[] => [...(document.querySelector('input')?.files ?? [])];

function inWorker(blob: Blob, ask: Ask): { seen(): Seen } {
	const worker = new Worker(new URL('./upload.worker.ts', import.meta.url), { type: 'module' });
	let last: Seen | undefined;
	worker.addEventListener('message', ({ data }: MessageEvent<Seen>) => {
		last = data;
		changes.change();
	});
	worker.postMessage({ ask, blob });
	const nothing = { state: 'waiting', loaded: 0, stored: 0, resumed: 0, partsDone: 0, sent: [] } as const;
	return {
		seen: () => last ?? { ...nothing, movedInsidePart: false, retries: 0, asked: 0, warnings: [] },
	};
}

/** The task of the only upload. */
function task() {
	const [watched] = uploads;
	if (watched instanceof Watched) return watched.task;
	throw new Error('This page has no task');
}

const calls = {
	begin(ask: Ask) {
		const blobs = ask.bytes === undefined ? picked() : [bytesOf(ask.bytes)];
		if (blobs.length === 0) throw new Error('Nothing was picked');
		const opened = openApp(ask);
		app = opened;
		uploads = blobs.map((blob) => {
			if (ask.inWorker) return inWorker(blob, ask);
			const key = ask.key.endsWith('/') ? `${ask.key}${(blob as File).name}` : ask.key;
			return new Watched(opened, blob, key, ask, changes.change);
		});
	},
	async look(after: number): Promise<Looked> {
		await changes.after(after);
		return { version: changes.version, uploads: uploads.map((each) => each.seen()), workers: window.workers };
	},
	pause: () => task().pause(),
	resume: () => task().resume(),
	/** Begins to. */
	abort: () => void task().abort(),
	pending: () => app?.uploader.pending(),
	isOnline: () => navigator.onLine,
	/** Where the driver cannot take the network away: what the browser would say. */
	claimOffline(isOffline: boolean) {
		Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => !isOffline });
		dispatchEvent(new Event(isOffline ? 'offline' : 'online'));
	},
};

window.call = async (name, json) => {
	try {
		const call = calls[name as keyof typeof calls] as (argument: unknown) => unknown;
		return JSON.stringify({ value: (await call(JSON.parse(json))) ?? null });
	} catch (error) {
		return JSON.stringify({ thrown: String(error) });
	}
};
document.title = 'ready';
