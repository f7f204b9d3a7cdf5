import { beforeEach, expect, test, vi } from 'vitest';
import { fetchTransport, type Transport } from '../../src/index.js';

/** What CORS shows where the rule exposes nothing. */
const SHOWN = /^(content-type|content-length|last-modified)$/i;

/** A browser that sends nothing in place of a file's bytes, and shows a page no header of OSS's own. */
function blind(): Transport & { readonly sent: string[] } {
	const real = fetchTransport();
	return {
		sent: [],
		reaches: real.reaches,
		async send(request) {
			const { body, url, method } = request;
			const isOnDisk = typeof body === 'object' && 'size' in body && body.size > 0;
			const partNumber = new URL(url).searchParams.get('partNumber') ?? 'object';
			if (method === 'PUT') this.sent.push(`${partNumber} ${isOnDisk ? 'disk' : 'memory'}`);
			const answer = await real.send(isOnDisk ? { ...request, body: new Blob() } : request);
			return { ...answer, header: (name) => (SHOWN.test(name) ? answer.header(name) : undefined) };
		},
	};
}

// What a page has learned it keeps: each test has a page of its own.
beforeEach(() => vi.resetModules());

test.each([
	['of parts by their list', 3, ['1 disk', '2 disk', '3 disk', '1 memory', '2 memory', '3 memory']],
	['of an object by its HEAD', 1, ['object disk', 'object memory']],
])('where files arrive empty, and no header shows it, it is found out: %s', async (_, parts, sent) => {
	const { expectStored, fileOf, openWorld, PART } = await import('../page.js');
	const world = await openWorld();
	const transport = blind();
	const file = fileOf(parts * 3 * PART);
	const task = world.page({ transport, parallel: 1 }).upload(file, { key: 'k', partSize: 3 * PART });
	const warnings: string[] = [];
	// Node has no Worker.
	task.on('warning', ({ code }) => code === 'Hasher' || warnings.push(code));
	await task.result;
	await expectStored(world, 'k', file);
	expect(transport.sent).toEqual(sent);
	expect(warnings).toEqual(['BufferedBodies']);
});
