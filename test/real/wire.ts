import type { Page } from 'playwright';
import type { Entry, Ledger } from './ledger.js';

/** Notes what a page asks of the bucket, by DevTools: there, no CORS rule hides a header or a protocol. */
export async function watchPage(page: Page, ledger: Ledger): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const asked = new Map<string, (answer: Partial<Entry>) => void>();
	session.on('Network.requestWillBeSent', ({ requestId, request: { method, url } }) => {
		if (!ledger.isOurs(url)) return;
		asked.set(requestId, ledger.note({ at: new Date().toISOString(), from: 'page', method, url }));
	});
	session.on('Network.responseReceived', ({ requestId, response: { status, headers, protocol } }) => {
		const [, id] = Object.entries(headers).find(([name]) => /^x-oss-request-id$/i.test(name)) ?? [];
		asked.get(requestId)?.({ status, requestId: id, protocol });
	});
	await session.send('Network.enable');
}
