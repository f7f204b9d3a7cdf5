// Service workers as apps have them, by `?kind=` of this file's address. All of them answer every request of their pages.
const kind = new URL(location.href).searchParams.get('kind');

addEventListener('install', () => self.skipWaiting());
addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
addEventListener('fetch', (event) => event.respondWith(ANSWERS[kind](event.request)));

const ANSWERS = {
	/** Hands everything on. */
	passing: (request) => fetch(request),
	/** Makes an answer of its own where none came, as Angular's does. */
	504: (request) =>
		fetch(request).catch(() => new Response(null, { status: 504, statusText: 'Gateway Timeout' })),
	/** Shows its offline page where no answer came, whatever was asked. */
	page: (request) =>
		fetch(request).catch(
			() =>
				new Response('<!doctype html><title>Offline</title>', { headers: { 'Content-Type': 'text/html' } }),
		),
	/** The cache first, and whatever may be kept is kept. */
	cache: (request) => fromCache(request, request.method === 'GET'),
	/** The same without a look at the method: a cache refuses what is no GET, and so the answer is lost. */
	'greedy cache': (request) => fromCache(request, true),
};

async function fromCache(request, isKept) {
	const cache = await caches.open(kind);
	const kept = await cache.match(request);
	if (kept) return kept;
	const response = await fetch(request);
	if (isKept) await cache.put(request, response.clone());
	return response;
}
