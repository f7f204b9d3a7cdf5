import { describe, expect, test } from 'vitest';
import { UploadError } from '../../src/base/errors.js';
import type { Transport, TransportResponse } from '../../src/core/ports.js';
import { CorsProbes } from '../../src/oss/probe.js';
import { kindOf } from '../../src/oss/request-kind.js';
import { AskingPage, allowing, SIGNING, without } from './asking-page.js';
import { failure } from './failure.js';
import { errorXml } from './scripted-transport.js';
import { OPERATIONS, type OperationName, part, signal } from './speaking.js';

const page = new AskingPage();

describe('nothing is said of a rule', () => {
	test.each<OperationName>(['InitiateMultipartUpload', 'UploadPart', 'HeadObject'])(
		'that lets %s pass, where a connection was merely lost',
		async (name) => {
			const object = page.object();
			await page.lost(name, object);
			expect(await object.missingCors(name, signal)).toBeUndefined();
			expect(page.probes).toHaveLength(1);
		},
	);

	test('while the line is dead, and little is asked', async () => {
		page.oss.setCors(false);
		page.transport.loses = () => true;
		expect(await page.looks('UploadPart')).toBeUndefined();
		expect(page.transport.preflights.length + page.transport.reached).toBeLessThan(15);
	});

	test('before any request has failed', async () => {
		page.oss.setCors(false);
		expect(await page.object().missingCors('UploadPart', signal)).toBeUndefined();
		expect(page.transport.reached).toBe(0);
	});

	test('that allows another object what this one lacks', async () => {
		page.oss.setCors([allowing(...SIGNING, 'content-type')]);
		const both = page.client();
		const [plain, told] = [page.object(both), page.object(both, { 'x-oss-meta-a': '1' })];
		page.transport.loses = () => true;
		await Promise.all([failure(OPERATIONS.PutObject(told)), failure(OPERATIONS.PutObject(plain))]);
		page.transport.loses = () => false;
		expect(await plain.missingCors('PutObject', signal)).toBeUndefined();
		expect(await told.missingCors('PutObject', signal)).toMatch(/lacks the header x-oss-meta-a\. /);
	});
});

/** A bucket that lets everything pass, and refuses it; the line is lost where `isLost` says so. */
function behind(isLost: () => boolean): Transport {
	return {
		async send() {
			if (isLost()) throw new UploadError('Network', 'lost', { retryable: true });
			return { status: 403, text: errorXml('AccessDenied'), header: () => undefined };
		},
		reaches: async () => !isLost(),
	};
}

describe('a rule that lets everything pass is never accused', () => {
	const kind = kindOf({
		method: 'PUT',
		url: 'https://b.example.com/k',
		headers: { authorization: 'a', 'x-oss-date': 'b', 'x-oss-meta-a': 'c' },
	});

	test('by a line that comes and goes twice while it is asked', async () => {
		for (let first = 3; first <= 6; first++) {
			for (let alive = 1; alive <= 12; alive++) {
				for (let second = 1; second <= 24; second++) {
					let count = 0;
					const transport = behind(() => {
						const at = count++ - first;
						return at < 0 || (at >= alive && at < alive + second);
					});
					const told = await new CorsProbes(transport).missing(kind, signal);
					expect({ told, first, alive, second }).toEqual({ told: undefined, first, alive, second });
				}
			}
		}
	});

	test('where one connection in five is lost, at random', async () => {
		// A fixed sequence (Park and Miller), so that every run is the same.
		let seed = 1;
		const isLost = () => {
			seed = (seed * 48_271) % 2_147_483_647;
			return seed % 5 === 0;
		};
		for (let looks = 0; looks < 3000; looks++) {
			expect(await new CorsProbes(behind(isLost)).missing(kind, signal)).toBeUndefined();
		}
	});
});

describe('one connection in five lost', () => {
	const OFFSETS = [0, 1, 2, 3, 4];
	const lossy = (offset: number) => {
		let count = offset;
		page.transport.loses = () => count++ % 5 === 0;
	};

	test.each(OFFSETS)('is never taken for a rule, beginning with number %i', async (offset) => {
		for (const name of ['InitiateMultipartUpload', 'UploadPart', 'PutObject', 'HeadObject'] as const) {
			const object = page.object(page.client(), { 'x-oss-meta-a': '1', 'cache-control': 'no-cache' });
			await page.lost(name, object);
			lossy(offset);
			expect(await object.missingCors(name, signal)).toBeUndefined();
		}
	});

	test.each(OFFSETS)('does not hide what a rule lacks, beginning with number %i', async (offset) => {
		lossy(offset);
		page.oss.setCors([without('PUT')]);
		expect(await page.looks('UploadPart')).toMatch(/lacks the method PUT\. /);
		page.oss.setCors([allowing(...SIGNING.slice(1))]);
		expect(await page.looks('UploadPart')).toMatch(/lacks the header authorization\. /);
		page.oss.setCors(false);
		expect(await page.looks('UploadPart')).toMatch(/no CORS rule/);
	});
});

describe('somebody else who answers', () => {
	const offlinePage: TransportResponse = {
		status: 504,
		text: '<title>Offline</title>',
		header: (name) => (name === 'content-type' ? 'text/html' : undefined),
	};

	test('a service worker that answers everything says nothing of the rule, then or later', async () => {
		page.oss.setCors(false);
		const object = page.object();
		await failure(object.uploadPart(part, signal));
		page.transport.interceptor = () => offlinePage;
		expect(await object.missingCors('UploadPart', signal)).toBeUndefined();
		expect(await failure(object.uploadPart(part, signal))).toMatchObject({ status: 504 });
		page.transport.interceptor = () => undefined;
		expect(await object.missingCors('UploadPart', signal)).toMatch(/no CORS rule/);
	});

	test('one that answers GET alone does not make a dead line look alive', async () => {
		const object = page.object();
		page.transport.loses = () => true;
		page.transport.interceptor = ({ method }) => (method === 'GET' ? offlinePage : undefined);
		await failure(object.uploadPart(part, signal));
		expect(await object.missingCors('UploadPart', signal)).toBeUndefined();
	});

	test('a page that may not ask without CORS learns it by what passes', async () => {
		page.oss.setCors([without('PUT')]);
		page.transport.isIsolated = true;
		expect(await page.looks('UploadPart')).toMatch(/lacks the method PUT\. /);
		page.oss.setCors(false);
		expect(await page.looks('UploadPart')).toBeUndefined();
	});
});
