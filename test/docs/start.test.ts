import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ShippedPackage, shipPackage } from '../package/shipped-package.js';
import { followStartPage, PARTS } from './start-story.js';

let shipped: ShippedPackage;
beforeAll(async () => {
	shipped = await shipPackage();
});
afterAll(() => shipped?.remove());

/** `npm run test:consumers` follows the others too. */
describe('who follows the page from an empty folder has an upload that goes on, without an account and with one', () => {
	test.each(['vite', 'html'])('%s', async (name) => {
		const { emulator, bucket, diagnosis } = await followStartPage(name, shipped);
		const good = { isStored: true, parts: PARTS };
		expect({ emulator, bucket }).toEqual({ emulator: good, bucket: good });
		expect(diagnosis).toMatch(/^It is right\./);
	});
});
