import { afterEach, expect, test, vi } from 'vitest';
import { UploadError } from '../../src/base/errors.js';
import type { Transport } from '../../src/core/ports.js';
import { CorsLook, sentenceOf } from '../../src/oss/cors-look.js';
import { CorsProbes } from '../../src/oss/probe.js';

const kind = {
	method: 'PUT',
	address: 'https://b.oss-cn-hangzhou.aliyuncs.com/k',
	headers: { authorization: 'x' },
};
const { signal } = new AbortController();

/** What answers GET, and fails so on all else. */
const failing = (code: 'Timeout' | 'Network') => {
	const sent: string[] = [];
	const transport: Transport = {
		reaches: async () => true,
		async send({ method }) {
			sent.push(method);
			if (method !== 'GET') throw new UploadError(code, 'no answer', { retryable: true });
			return { status: 403, text: '', header: () => 'id' };
		},
	};
	return { sent, look: new CorsLook(transport, signal) };
};

afterEach(() => vi.unstubAllGlobals());

test('a probe that nobody answers in time tells of no rule, and is not sent again: a refusal comes at once', async () => {
	const { look, sent } = failing('Timeout');
	expect(await look.at(kind)).toEqual({ answerer: 'silent', lack: undefined });
	expect(sent).toEqual(['PUT']);
});

test('one that fails at once does', async () => {
	const { look } = failing('Network');
	expect(await look.at(kind)).toMatchObject({ answerer: 'nobody', lack: { what: 'method' } });
});

test('a redirect is handed on, and ends the look: another transport may have followed it, and be told of no answer', async () => {
	const redirect = new UploadError('Service', 'it redirects', { retryable: true });
	let sent = 0;
	const transport: Transport = {
		reaches: async () => true,
		async send() {
			sent++;
			throw redirect;
		},
	};
	const look = new CorsLook(transport, signal);
	expect(await look.at(kind)).toEqual({ answerer: 'somebody', lack: undefined });
	expect(look.redirect).toBe(redirect);
	expect(await new CorsProbes(transport).missing(kind, signal)).toBe(redirect);
	expect(sent).toBe(2);
});

test('a page in a sandbox is told the origin that its requests name, and may not look at its service worker', () => {
	vi.stubGlobal('origin', 'null');
	vi.stubGlobal('location', { origin: 'https://app.example.com' });
	vi.stubGlobal('navigator', {
		get serviceWorker() {
			throw new DOMException('The context is sandboxed.', 'SecurityError');
		},
	});
	expect(sentenceOf({ what: 'origin', names: [] }, 'PUT')).toMatch(
		/no CORS rule for null\. Add one: source null,/,
	);
});
