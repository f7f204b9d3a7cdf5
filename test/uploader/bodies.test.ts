import { expect, test } from 'vitest';
import { fetchTransport, type Transport, type UploadTask } from '../../src/index.js';
import { expectStored, fileOf, KiB, openWorld, PART } from '../page.js';

/** A browser that sends nothing in place of a file's bytes; `fromDisk` counts how often it was asked to. */
function emptying(): Transport & { fromDisk: number } {
	const sent = fetchTransport();
	return {
		fromDisk: 0,
		reaches: sent.reaches,
		send(request) {
			const { body } = request;
			if (typeof body !== 'object' || !('size' in body) || body.size === 0) return sent.send(request);
			this.fromDisk++;
			return sent.send({ ...request, body: new Blob() });
		},
	};
}

// One story, since what a page has learned it keeps.
test('where files arrive empty from the disk the object is right all the same, and the page learns it once', async () => {
	const world = await openWorld();
	const transport = emptying();
	const warnings: string[] = [];
	// Node has no Worker.
	const listen = (task: UploadTask) =>
		task.on('warning', ({ code }) => code === 'Hasher' || warnings.push(code));
	const page = world.page({ transport, parallel: 1 });

	const small = fileOf(300 * KiB);
	const first = page.upload(small, { key: 'small' });
	listen(first);
	expect((await first.result).verified).toBe('object');
	await expectStored(world, 'small', small);
	expect(transport.fromDisk).toBe(1);
	expect(warnings).toEqual(['BufferedBodies']);

	const large = fileOf(3 * PART + 1);
	const second = page.upload(large, { key: 'large', partSize: PART, verify: 'none' });
	listen(second);
	await second.result;
	await expectStored(world, 'large', large);

	const other = fileOf(3 * PART);
	await world.page({ transport }).upload(other, { key: 'other', partSize: PART }).result;
	await expectStored(world, 'other', other);
	expect(transport.fromDisk).toBe(1);
	expect(warnings).toEqual(['BufferedBodies']);
});
