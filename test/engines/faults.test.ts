import { expect, test } from 'vitest';
import { type CorsRule, DEFAULT_CORS, type FaultRule } from '../../emulator/index.js';
import { bucket, inEachEngine, KiB, MiB } from './scene.js';

const HOUR_MS = 60 * 60_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

const [EVERYTHING] = DEFAULT_CORS as readonly [CorsRule];

const BUSY: FaultRule['action'] = { type: 'status', status: 503, code: 'ServiceUnavailable' };
const LOST: FaultRule['action'] = { type: 'drop-reply' };

const parts = (action: FaultRule['action'], ...numbers: number[]): readonly FaultRule[] =>
	numbers.map((partNumber) => ({ operation: 'UploadPart', partNumber, action }));

const whole = (action: FaultRule['action']): readonly FaultRule[] => [
	{ operation: 'InitiateMultipartUpload', action },
	{ operation: 'CompleteMultipartUpload', action },
	{ operation: 'PutObject', action },
];

inEachEngine((scene) => {
	test.each<[string, readonly FaultRule[]]>([
		['answers 503 to some', [...whole(BUSY), ...parts(BUSY, 1, 2, 5)]],
		['cuts some off', [...whole({ type: 'cut' }), ...parts({ type: 'cut', afterBytes: 300 * KiB }, 2, 4, 6)]],
		['does what it is asked, and the answer is lost', [...whole(LOST), ...parts(LOST, 1, 3, 7)]],
	])('requests of which OSS %s: stored whole, in parts and in one', async (_, rules) => {
		for (const rule of rules) scene.oss.addFault(rule);
		for (const [key, size] of Object.entries({ inParts: 6 * MiB + 5, inOne: 40 * KiB })) {
			const path = await scene.file(size);
			const visit = await scene.visit();
			await visit.upload(path, { key, upload: { partSize: MiB } });
			expect(await visit.result()).toMatchObject({ size, verified: 'object' });
			await scene.expectStored(path, key);
		}
		expect(scene.oss.requests.filter(({ faulted }) => faulted !== undefined)).toHaveLength(rules.length);
	});

	test('a token that expires in between: a new one is asked for, and no upload begun anew', async () => {
		const path = await scene.file(6 * MiB);
		const visit = await scene.visit();
		scene.oss.addFault({ operation: 'UploadPart', partNumber: 4, action: { type: 'expire-tokens' } });
		await visit.upload(path, { upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		expect((await visit.seen()).asked).toBeGreaterThan(1);
		expect(scene.count('InitiateMultipartUpload')).toBe(1);
		await scene.expectStored(path);
	});

	test('tokens of 3 seconds: they are asked for again and again, and no upload is begun anew', async () => {
		const path = await scene.file(20 * MiB);
		const visit = await scene.visit();
		scene.slowDown(0.8 * MiB);
		await visit.upload(path, { tokenSeconds: 3, upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		expect((await visit.seen()).asked).toBeGreaterThan(1);
		expect(scene.count('InitiateMultipartUpload')).toBe(1);
		await scene.expectStored(path);
	});

	test.each([
		['an hour ahead', HOUR_MS],
		['an hour behind', -HOUR_MS],
		['a year ahead', YEAR_MS],
		['a year behind', -YEAR_MS],
	])("OSS's clock is %s of this machine's: stored whole", async (_, ms) => {
		const path = await scene.file(3 * MiB);
		const visit = await scene.visit();
		scene.oss.skewClock(ms);
		await visit.upload(path, { upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		await scene.expectStored(path);
	});

	test('a rule that exposes no header: one ListParts supplies what the parts hid', async () => {
		const path = await scene.file(3 * MiB);
		const visit = await scene.visit();
		const names = ['ETag', 'x-oss-hash-crc64ecma', 'x-oss-request-id'];
		scene.oss.addFault({ times: 'always', action: { type: 'hide-headers', names } });
		await visit.upload(path, { upload: { partSize: MiB } });
		expect(await visit.result()).toMatchObject({ verified: 'parts' });
		expect(scene.count('ListParts')).toBe(1);
		await scene.expectStored(path);
	});

	test('a service worker that answers its offline page: nothing is called stored, and the upload goes on', async () => {
		const path = await scene.file(8 * MiB);
		const visit = await scene.visit();
		await visit.tab.call('setNetworkDown', false);
		scene.holdFrom(3);
		await visit.upload(path, { patienceMs: 60_000, upload: { partSize: MiB } });
		await visit.whenSeen(({ partsDone }) => partsDone === 2);
		await visit.tab.call('setNetworkDown', true);
		scene.oss.clearFaults();
		const { outcome } = await visit.whenSeen(({ retries }) => retries >= 8);
		expect(outcome).toBeUndefined();
		await visit.tab.call('setNetworkDown', false);
		expect(await visit.result()).toMatchObject({ verified: 'object' });
		await scene.expectStored(path);
		// Through one that lets a request pass WebKitGTK 2.50 sends it without a preflight: nothing to test CORS with.
		await visit.tab.call('dropServiceWorker');
	});

	test.each<[string, readonly CorsRule[] | false, RegExp]>([
		['no rule', false, /has no CORS rule for http:/],
		[
			'a rule without PUT',
			[{ ...EVERYTHING, methods: EVERYTHING.methods.filter((method) => method !== 'PUT') }],
			/lacks the method PUT/,
		],
		[
			'a rule without a header',
			[{ ...EVERYTHING, headers: ['x-oss-*', 'content-type'] }],
			/lacks the header authorization/,
		],
	])('%s: Cors, and what to add', async (_, cors, message) => {
		await scene.startOss({ cors });
		const path = await scene.file(3 * MiB);
		const visit = await scene.visit();
		await visit.upload(path, { patienceMs: 100, upload: { partSize: MiB } });
		expect(await visit.outcome()).toMatchObject({
			error: { code: 'Cors', message: expect.stringMatching(message) },
		});
		expect(await scene.oss.object(bucket, 'k')).toBeUndefined();
	});
});
