import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { xhrTransport } from '../../src/browser/xhr-transport.js';
import type { TransportRequest } from '../../src/core/ports.js';
import { describeTransport } from './transport-contract.js';

describeTransport('XHR', xhrTransport);

afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

test('without XMLHttpRequest making it fails at once, saying what to use', () => {
	vi.stubGlobal('XMLHttpRequest', undefined);
	expect(() => xhrTransport()).toThrow(TypeError);
	expect(() => xhrTransport()).toThrow('fetchTransport');
});

/** A request under the test's control: happy-dom's shows no upload progress. */
class ScriptedXhr {
	static last: ScriptedXhr;
	upload: { onprogress?: (event: { loaded: number }) => void; onload?: () => void } = {};
	onprogress?: (event: { loaded: number }) => void;
	onload?: () => void;
	onabort?: (() => void) | null;
	aborted = 0;
	status = 200;
	responseText = '';
	constructor() {
		ScriptedXhr.last = this;
	}
	open() {}
	setRequestHeader() {}
	send() {}
	getAllResponseHeaders() {
		return 'etag: "A"\r\n';
	}
	abort() {
		this.aborted++;
		this.onabort?.();
	}
}

describe('a body under way', () => {
	beforeEach(() => {
		vi.useFakeTimers();
		vi.stubGlobal('XMLHttpRequest', ScriptedXhr);
	});

	function start(changes: Partial<TransportRequest> = {}) {
		const sent = xhrTransport().send({
			method: 'PUT',
			url: 'https://oss.test/key?s=SECRET',
			headers: {},
			body: new Blob(['abc']),
			signal: new AbortController().signal,
			...changes,
		});
		const outcome = vi.fn();
		sent.then(outcome, outcome);
		return { sent, outcome, xhr: ScriptedXhr.last };
	}

	test('tells the bytes sent so far', () => {
		const onSent = vi.fn();
		const { xhr } = start({ onSent });
		xhr.upload.onprogress?.({ loaded: 1 });
		xhr.upload.onprogress?.({ loaded: 3 });
		expect(onSent.mock.calls).toEqual([[1], [3]]);
	});

	test('without movement for 60 s is a Timeout that may be retried, and is hung up', async () => {
		const { xhr, sent, outcome } = start();
		await vi.advanceTimersByTimeAsync(59_999);
		expect(outcome).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		await expect(sent).rejects.toMatchObject({ code: 'Timeout', retryable: true });
		await expect(sent).rejects.not.toThrow('SECRET');
		expect(xhr.aborted).toBe(1);
	});

	test('that moves, however slowly, never times out', async () => {
		const { xhr, outcome } = start();
		for (let loaded = 1; loaded < 20; loaded++) {
			await vi.advanceTimersByTimeAsync(50_000);
			xhr.upload.onprogress?.({ loaded });
		}
		expect(outcome).not.toHaveBeenCalled();
	});

	test('once sent may be answered for 120 s', async () => {
		const { xhr, sent, outcome } = start();
		xhr.upload.onload?.();
		await vi.advanceTimersByTimeAsync(119_999);
		expect(outcome).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		await expect(sent).rejects.toMatchObject({ code: 'Timeout' });
	});

	test('when answered leaves no timer and no listener', async () => {
		const { signal } = new AbortController();
		const removed = vi.spyOn(signal, 'removeEventListener');
		const { xhr, sent } = start({ signal });
		xhr.onload?.();
		expect((await sent).header('etag')).toBe('"A"');
		expect(vi.getTimerCount()).toBe(0);
		expect(removed).toHaveBeenCalledTimes(1);
	});

	test('whose answer is longer than OSS gives any is hung up', async () => {
		const { xhr, sent } = start();
		xhr.onprogress?.({ loaded: 1024 * 1024 + 1 });
		await expect(sent).rejects.toMatchObject({ code: 'Service', retryable: false });
		expect(xhr.aborted).toBe(1);
	});

	test('an abort event that nobody asked for is a lost connection', async () => {
		const { xhr, sent } = start();
		xhr.onabort?.();
		await expect(sent).rejects.toMatchObject({ code: 'Network', retryable: true });
	});
});
