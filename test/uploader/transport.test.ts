import { expect, test } from 'vitest';
import { fetchTransport, type Transport } from '../../src/index.js';
import { bucket, expectStored, fileOf, openWorld, PART } from '../page.js';

/** Carries requests, and knows of which key each was. */
function counting(): Transport & { readonly keys: Set<string> } {
	const carrier = fetchTransport();
	const keys = new Set<string>();
	return {
		...carrier,
		keys,
		send(request) {
			keys.add(new URL(request.url).pathname.replace(`/${bucket}/`, ''));
			return carrier.send(request);
		},
	};
}

test('a transport of one upload carries that upload alone, small or in parts', async () => {
	const [ofAll, ofOne] = [counting(), counting()];
	const world = await openWorld();
	const page = world.page({ transport: ofAll });
	const large = fileOf(2 * PART);
	await page.upload(fileOf(5), { key: 'small', transport: ofOne }).result;
	await page.upload(large, { key: 'large', partSize: PART, transport: ofOne }).result;
	await page.upload(fileOf(6), { key: 'other' }).result;
	expect([...ofOne.keys]).toEqual(['small', 'large']);
	expect([...ofAll.keys]).toEqual(['other']);
	await expectStored(world, 'large', large);
});

test('an upload that is gone on with by its id takes a transport too', async () => {
	const ofOne = counting();
	const world = await openWorld();
	const file = fileOf(2 * PART);
	const first = world.page();
	const { signal, abort } = stopper();
	const task = first.upload(file, { key: 'k', partSize: PART, signal });
	task.on('part', ({ status }) => status === 'stored' && abort());
	await task.result.catch(() => {});
	const [pending] = await first.pending();
	await first.resume(pending?.id ?? '', file, { transport: ofOne }).result;
	expect([...ofOne.keys]).toEqual(['k']);
});

function stopper() {
	const controller = new AbortController();
	return { signal: controller.signal, abort: () => controller.abort() };
}
