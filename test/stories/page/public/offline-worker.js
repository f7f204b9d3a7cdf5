// A service worker as many apps have one: while it is told that the network is down, it answers its offline page.
let isDown = false;

addEventListener('install', () => self.skipWaiting());
addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
addEventListener('message', ({ data, ports }) => {
	isDown = data.isDown;
	ports[0].postMessage('heard');
});
addEventListener('fetch', (event) => {
	if (!isDown || new URL(event.request.url).origin === location.origin) return;
	const headers = { 'Content-Type': 'text/html' };
	event.respondWith(new Response('<!doctype html><title>You are offline</title>', { headers }));
});
