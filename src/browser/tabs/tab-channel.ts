import type { TabChannel } from '../../core/ports.js';

const NAME = 'oss-resumable-upload';

/** Of this page: a BroadcastChannel tells all others, but not the page that it belongs to. */
const listeners = new Set<(message: unknown) => void>();
let tabs: BroadcastChannel | undefined;
/** One for each task of this page that follows an upload. */
const followers = new Set<{ readonly id: string }>();

function tell(message: unknown): void {
	for (const listener of [...listeners]) listener(message);
}

/** Open only while somebody listens: a page that holds a channel open may not be kept for "back". */
function open(): void {
	try {
		tabs = new BroadcastChannel(NAME);
		tabs.onmessage = ({ data }: MessageEvent<unknown>) => tell(data);
		// Of Node, where it would keep the process alive.
		(tabs as { unref?: () => void }).unref?.();
	} catch {
		// There is none, or it is refused (an opaque origin): then the tasks of one page hear each other.
	}
}

/** Tasks of this page, and of all tabs of its origin where the browser has channels. */
export const tabChannel: TabChannel = {
	post(message) {
		// Later, like what comes from another tab: nobody who posts is called back inside of it.
		queueMicrotask(() => tell(message));
		// Whoever speaks need not listen.
		const end = tabChannel.listen(() => {});
		tabs?.postMessage(message);
		end();
	},
	listen(listener) {
		if (listeners.size === 0) open();
		listeners.add(listener);
		return () => {
			if (!listeners.delete(listener) || listeners.size > 0) return;
			tabs?.close();
			tabs = undefined;
		};
	},
	follow(id) {
		const follower = { id };
		followers.add(follower);
		return () => followers.delete(follower);
	},
	isFollowed: (id) => [...followers].some((follower) => follower.id === id),
};
