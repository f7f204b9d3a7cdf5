import type { IncomingMessage } from 'node:http';

/** The names of this machine that the page is served under. */
const HOST = /^(?:127\.0\.0\.1|localhost):\d+$/;

/** What the page's address may be: the server listens on the first, and browsers find it under both. */
export const pageOrigins = (port: number): readonly string[] => [
	`http://127.0.0.1:${port}`,
	`http://localhost:${port}`,
];

/**
 * Tokens go to the page that this server serves, not to a site elsewhere, nor to a name rebound to loopback, nor to a
 * page of another port of this machine.
 */
export function isOwnPage({ headers }: IncomingMessage): boolean {
	const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
	if (!HOST.test(host)) return false;
	// Somebody who types the address, or a program: no page asked.
	const isOwnSite = site === 'same-origin' || site === 'none';
	return isOwnSite && (origin === undefined || origin === `http://${host}`);
}

/** A link from anywhere may open the page, in a tab of its own; nothing else of it is for other pages. */
export const isForeign = (request: IncomingMessage): boolean =>
	!isOwnPage(request) && !(HOST.test(request.headers.host ?? '') && opensPage(request));

const opensPage = ({ method, headers }: IncomingMessage): boolean =>
	method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
