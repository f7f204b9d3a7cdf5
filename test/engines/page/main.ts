import type { Ask, AskAgain, AskBare, Looked, Opening, Seen } from './asked.js';
import { handleOf } from './private-file.js';
import { bytesOf, openApp, sendings, Watched } from './watched.js';

declare global {
	interface Window {
		/** Kept by a script that ran before. */
		readonly workers: Looked['workers'];
	}
}

/** Milliseconds that a look waits for something to change: other tabs may have to wait as long. */
const LOOK_MS = 400;
/** Hundreds of small files change something in each of its moments, and each look costs all of them. */
const MOMENT_MS = 30;

/** How many look at what changes: all that wait are woken. */
class Changes {
	version = 0;
	#waiting: (() => void)[] = [];

	readonly change = (): void => {
		this.version++;
		for (const wake of this.#waiting.splice(0)) wake();
	};

	/** Resolves when something has changed since that version, with what changed in the same moment; or nothing will. */
	async after(version: number): Promise<void> {
		if (this.version <= version) {
			await new Promise<void>((resolve) => {
				this.#waiting.push(() => setTimeout(resolve, MOMENT_MS));
				setTimeout(resolve, LOOK_MS);
			});
		}
	}
}

const changes = new Changes();
let uploads: readonly { seen(): Seen }[] = [];
let app: ReturnType<typeof openApp> | undefined;

const picked = (): readonly File[] => [...(document.querySelector('input')?.files ?? [])];

/** As an app would hold them. */
const workers: Worker[] = [];

function inWorker(blob: Blob, ask: Ask): { seen(): Seen } {
	const worker = new Worker(new URL('./upload.worker.ts', import.meta.url), { type: 'module' });
	workers.push(worker);
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

let hasAborted = false;

async function abort(): Promise<void> {
	await task().abort();
	hasAborted = true;
	changes.change();
}

let isBareDone = false;

async function sendBare({ url, partSize }: AskBare): Promise<void> {
	const [file] = picked();
	for (let at = 0; file && at < file.size; at += partSize) {
		await fetch(url, { method: 'PUT', body: file.slice(at, at + partSize) });
	}
	isBareDone = true;
	changes.change();
}

/** The worker takes over the page that registers it. */
async function setNetworkDown(isDown: boolean): Promise<void> {
	const { serviceWorker } = navigator;
	await serviceWorker.register('./offline-worker.js');
	const { active } = await serviceWorker.ready;
	if (!serviceWorker.controller) {
		await new Promise((resolve) =>
			serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
		);
	}
	const { port1, port2 } = new MessageChannel();
	await new Promise((resolve) => {
		port1.onmessage = resolve;
		active?.postMessage({ isDown }, [port2]);
	});
}

/** The task of the only upload. */
function task() {
	const [watched] = uploads;
	if (watched instanceof Watched) return watched.task;
	throw new Error('This page has no task');
}

const calls = {
	async begin(ask: Ask) {
		const blobs = ask.bytes === undefined ? picked() : [bytesOf(ask.bytes)];
		if (blobs.length === 0) throw new Error('Nothing was picked');
		const opened = openApp(ask);
		app = opened;
		const begun = blobs.map(async (blob) => {
			if (ask.inWorker) return inWorker(blob, ask);
			const key = ask.folder === undefined ? ask.key : `${ask.folder}/${(blob as File).name}`;
			const task = opened.uploader.upload(ask.byHandle ? await handleOf(blob) : blob, { ...ask.upload, key });
			return new Watched(task, opened, changes.change);
		});
		uploads = await Promise.all(begun);
	},
	/** Goes on with what an earlier visit left. */
	goOn(ask: AskAgain) {
		const opened = openApp(ask);
		app = opened;
		uploads = [new Watched(opened.uploader.resume(ask.id), opened, changes.change)];
	},
	async look(after: number): Promise<Looked> {
		await changes.after(after);
		return {
			version: changes.version,
			uploads: uploads.map((each) => each.seen()),
			workers: window.workers,
			sendings,
			hasAborted,
			isBareDone,
		};
	},
	/** Begins to. */
	beginBare: (ask: AskBare) => void sendBare(ask),
	pause: () => task().pause(),
	resume: () => task().resume(),
	/** Begins to. */
	abort: () => void abort(),
	/** Of the app that runs, or of one that is opened only for this. */
	pending: (ask: Opening | null) => (ask ? openApp(ask) : app)?.uploader.pending(),
	/** How many files the input holds. */
	chosen: () => picked().length,
	/** Bytes of each: Chromium asks the disk for them when somebody first wants to know, and keeps to that. */
	sizes: () => picked().map(({ size }) => size),
	/** Whether the page's service worker answers in the place of the network. */
	setNetworkDown,
	dropServiceWorker: async () => (await navigator.serviceWorker.getRegistration())?.unregister(),
	/** Where the driver cannot take the network away: what the browser would say. */
	claimOffline(isOffline: boolean) {
		Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => !isOffline });
		dispatchEvent(new Event(isOffline ? 'offline' : 'online'));
	},
};

window.call = async (name, json) => {
	// In a task of the page, as an app is called: in what WebKit's driver calls itself, `abort()` of a signal lets promises go
	// on before it returns.
	await new Promise((resolve) => setTimeout(resolve));
	try {
		const call = calls[name as keyof typeof calls] as (argument: unknown) => unknown;
		return JSON.stringify({ value: (await call(JSON.parse(json))) ?? null });
	} catch (error) {
		return JSON.stringify({ thrown: String(error) });
	}
};
document.title = 'ready';
