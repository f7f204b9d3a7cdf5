import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { type Answer, OssClient } from './oss-client.js';

const HOUR = 3_600_000;
/** Not a whole second, so that what is rounded shows. */
const NOW = Date.UTC(2030, 0, 2, 3, 4, 5, 678);

let emulator: Emulator;
let oss: OssClient;
beforeEach(async () => {
	emulator = await startEmulator({ now: () => NOW });
	oss = new OssClient(emulator);
	emulator.skewClock(-HOUR);
});
afterEach(() => emulator.close());

const at = NOW - HOUR;
const say = (request: Parameters<OssClient['say']>[0]): Promise<Answer> => oss.say({ at, ...request });

test('every time that an answer tells is the emulator’s own, in whole seconds [E]', async () => {
	const [whole, iso] = ['Wed, 02 Jan 2030 02:04:05 GMT', '2030-01-02T02:04:05.000Z'];
	const put = await say({ method: 'PUT', key: 'k', body: 'hello' });
	expect(put.headers.date).toBe(whole);
	expect((await say({ method: 'HEAD', key: 'k' })).headers['last-modified']).toBe(whole);
	const initiated = await say({ method: 'POST', key: 'k', query: [['uploads', '']] });
	const uploadId = initiated.xml('UploadId') ?? '';
	const query = [['uploadId', uploadId]] as const;
	await say({ method: 'PUT', key: 'k', query: [['partNumber', '1'], ...query], body: 'hello' });
	expect((await say({ method: 'GET', key: 'k', query })).xml('LastModified')).toBe(iso);
	expect((await say({ method: 'GET', query: [['uploads', '']] })).xml('Initiated')).toBe(iso);
	const refused = await say({ method: 'PUT', key: 'k', at: NOW });
	expect(refused.xml('Code')).toBe('RequestTimeTooSkewed');
	expect(refused.xml('ServerTime')).toBe(iso);
	expect(emulator.mintCredentials({ ttlSeconds: 60 }).expiration).toBe('2030-01-02T02:05:05.678Z');
});

test('what is put while the clock is behind is an older object afterwards', async () => {
	await say({ method: 'PUT', key: 'old', body: 'same bytes' });
	emulator.skewClock(0);
	await say({ method: 'PUT', key: 'new', body: 'same bytes', at: NOW });
	const [old, fresh] = [
		await emulator.object('examplebucket', 'old'),
		await emulator.object('examplebucket', 'new'),
	];
	expect(old).toMatchObject({ crc64: fresh?.crc64, etag: fresh?.etag });
	expect(Number(fresh?.lastModified) - Number(old?.lastModified)).toBe(HOUR);
});

test('an object can be placed with a Last-Modified of the past, without a request', async () => {
	await emulator.putObject('examplebucket', 'placed', 'hello', {
		lastModified: NOW - 24 * HOUR,
		headers: { 'x-oss-meta-v': 'one', 'x-oss-object-acl': 'private' },
	});
	expect(emulator.requests).toEqual([]);
	const head = await say({ method: 'HEAD', key: 'placed' });
	expect(head.headers).toMatchObject({
		'last-modified': 'Tue, 01 Jan 2030 03:04:05 GMT',
		'content-length': '5',
		'x-oss-meta-v': 'one',
		etag: '"5D41402ABC4B2A76B9719D911017C592"',
	});
	expect(await emulator.object('examplebucket', 'placed')).toMatchObject({ acl: 'private' });
	expect((await say({ method: 'GET', key: 'placed' })).text).toBe('hello');
});

test('an answer that is not OSS’s tells no time', async () => {
	emulator.addFault({ action: { type: 'answer-as', as: 'empty' } });
	expect((await say({ method: 'PUT', key: 'k' })).headers.date).toBeUndefined();
});
