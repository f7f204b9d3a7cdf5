import { describe, expect, test } from 'vitest';
import type { CredentialsRequest } from '../../src/index.js';
import { expectStored, fileOf, interrupted, openWorld, PART, whenState, whenStored } from '../page.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** Never answers; `isAsked` resolves when it was asked. */
function hangingProvider() {
	let asked = () => {};
	const isAsked = new Promise<void>((resolve) => {
		asked = resolve;
	});
	const getCredentials = () => {
		asked();
		return new Promise<never>(() => {});
	};
	return { getCredentials, isAsked };
}

describe('getCredentials', () => {
	test('[case 9] many parts, a token that ends: one call, and all sign with the new one', async () => {
		const world = await openWorld();
		const reasons: string[] = [];
		const getCredentials = ({ reason }: CredentialsRequest) => {
			reasons.push(reason);
			// Without its expiration the page cannot know: OSS rejects it first.
			const { expiration: _, ...token } = world.oss.mintCredentials();
			return token;
		};
		const file = fileOf(20 * PART);
		const task = world.page({ getCredentials }).upload(file, { key: 'k', partSize: PART });
		await whenStored(task, 5);
		world.oss.expireTokens();
		await task.result;
		expect(reasons).toEqual(['initial', 'rejected']);
		await expectStored(world, 'k', file);
	});

	test.each([
		'SecurityTokenExpired',
		'InvalidAccessKeyId',
		'InvalidSecurityToken',
		'AccessKeyIdAndSecurityTokenNotMatch',
	])('[case 10] %s: one refresh, one retry, then Credentials', async (code) => {
		const world = await openWorld();
		let calls = 0;
		const getCredentials = () => {
			calls++;
			return world.oss.mintCredentials();
		};
		world.fault({ operation: 'PutObject', times: 'always', action: { type: 'status', status: 403, code } });
		await expect(world.page({ getCredentials }).upload(fileOf(5), { key: 'k' }).result).rejects.toMatchObject(
			{ code: 'Credentials', ossCode: code, status: 403 },
		);
		expect(calls).toBe(2);
		expect(world.count('PutObject')).toBe(2);
	});

	test('[case 11] that throws: asked three times, then a Credentials error with its cause', async () => {
		const world = await openWorld();
		const cause = new Error('the token server is down');
		let calls = 0;
		const getCredentials = () => {
			calls++;
			throw cause;
		};
		await expect(world.page({ getCredentials }).upload(fileOf(5), { key: 'k' }).result).rejects.toMatchObject(
			{ code: 'Credentials', cause },
		);
		expect(calls).toBe(3);
		expect(world.oss.requests).toEqual([]);
	});

	test('[case 11] that throws twice and then answers: the upload goes on', async () => {
		const world = await openWorld();
		let calls = 0;
		const getCredentials = () => {
			if (++calls < 3) throw new Error('not yet');
			return world.oss.mintCredentials();
		};
		const file = fileOf(5);
		await world.page({ getCredentials }).upload(file, { key: 'k' }).result;
		await expectStored(world, 'k', file);
	});

	test.each([[undefined], [{}], ['token'], [{ accessKeyId: 'a' }], [{ accessKeyId: 1, accessKeySecret: 2 }]])(
		'[case 11] that answers %j: a clear error',
		async (answer) => {
			const world = await openWorld();
			const getCredentials = () => answer as never;
			await expect(
				world.page({ getCredentials }).upload(fileOf(5), { key: 'k' }).result,
			).rejects.toMatchObject({ code: 'Credentials', message: expect.stringContaining('Expected') });
		},
	);

	test('that hangs before Initiate holds up neither a pause nor abort(): nothing has left the page yet', async () => {
		const world = await openWorld();
		const { getCredentials, isAsked } = hangingProvider();
		const task = world.page({ getCredentials }).upload(fileOf(3 * PART), { key: 'k', partSize: PART });
		await isAsked;
		task.pause();
		task.resume();
		await whenState(task, 'preparing');
		await task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
		expect(world.count('InitiateMultipartUpload')).toBe(0);
	});

	test('[case 11] that hangs ends with the task', async () => {
		const world = await openWorld();
		const { getCredentials, isAsked } = hangingProvider();
		const task = world.page({ getCredentials }).upload(fileOf(5), { key: 'k' });
		await isAsked;
		await task.abort();
		await expect(task.result).rejects.toMatchObject({ name: 'AbortError' });
	});

	test("credentialsFor 'key': each object has a token of its own", async () => {
		const world = await openWorld();
		const getCredentials = ({ key }: CredentialsRequest) =>
			world.oss.mintCredentials({ keys: [`examplebucket/${key}`, key] });
		const page = world.page({ getCredentials, credentialsFor: 'key' });
		await Promise.all(
			['one', 'two'].map((key) => page.upload(fileOf(3 * PART), { key, partSize: PART }).result),
		);
	});

	test("credentialsFor 'key': those of an upload that is discarded are not kept either [C11]", async () => {
		const world = await openWorld();
		const file = fileOf(3 * PART);
		const asked: string[] = [];
		const getCredentials = ({ key }: CredentialsRequest) => {
			asked.push(key);
			return world.oss.mintCredentials();
		};
		const page = world.page({ getCredentials, credentialsFor: 'key' });
		for (const parts of [1, 2]) {
			await interrupted(world, file, { key: 'k' }, { parts });
			asked.splice(0);
			const [pending] = await page.pending();
			await page.discard(pending?.id ?? '');
			expect(asked).toEqual(['k']);
		}
	});
});

describe('the clock', () => {
	test.each([HOUR, -HOUR, YEAR, -YEAR])(
		'[case 12] OSS is %d ms ahead: learned once, applied from then on',
		async (skew) => {
			const world = await openWorld();
			world.oss.skewClock(skew);
			let calls = 0;
			const getCredentials = () => {
				calls++;
				return world.oss.mintCredentials({ ttlSeconds: 900 });
			};
			const file = fileOf(6 * PART);
			const page = world.page({ getCredentials, parallel: 1 });
			await page.upload(file, { key: 'k', partSize: PART }).result;
			expect(world.oss.requests.filter(({ code }) => code === 'RequestTimeTooSkewed')).toHaveLength(1);
			expect(calls).toBeLessThanOrEqual(2);
			await expectStored(world, 'k', file);
		},
	);

	test('[case 12] a clock that jumps in the middle of an upload', async () => {
		const world = await openWorld();
		const file = fileOf(10 * PART);
		const task = world.page().upload(file, { key: 'k', partSize: PART });
		await whenStored(task, 3);
		world.oss.skewClock(-HOUR);
		await task.result;
		await expectStored(world, 'k', file);
	});

	test('OSS that rejects the time again and again ends in ClockSkew', async () => {
		const world = await openWorld();
		world.fault({
			operation: 'PutObject',
			times: 'always',
			action: { type: 'status', status: 403, code: 'RequestTimeTooSkewed' },
		});
		await expect(world.page().upload(fileOf(5), { key: 'k' }).result).rejects.toMatchObject({
			code: 'ClockSkew',
		});
		expect(world.count('PutObject')).toBe(2);
	});
});

test('V1 signatures: an upload in parts, interrupted and resumed', async () => {
	const world = await openWorld();
	const file = fileOf(5 * PART);
	await interrupted(world, file, { key: 'a b+中.bin' }, { signatureVersion: 'v1' });
	await world.page({ signatureVersion: 'v1' }).upload(file, { key: 'a b+中.bin', partSize: PART }).result;
	expect(world.oss.requests.every(({ authorization }) => authorization.includes('v1'))).toBe(true);
	await expectStored(world, 'a b+中.bin', file);
});
