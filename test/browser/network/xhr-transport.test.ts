import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { xhrTransport } from '../../../src/browser/network/xhr-transport.js';
import type { TransportRequest } from '../../../src/core/ports.js';
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
	upload: { onprogress?: (event: { loaded: number }) => void } = {};
	onprogress?: (event: { loaded: number }) => void;
	onload?: () => void;
	onabort?: (() => void) | null;
	aborted = 0;
	status = 200;
	responseURL = '';
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

	test('is not listened to where nobody asks', () => {
		expect(start().xhr.upload.onprogress).toBeUndefined();
	});

	test('is never given up by the transport, queued, moving or sent: how long that may take is the caller’s to say [B6]', async () => {
		const { xhr, outcome } = start();
		await vi.advanceTimersByTimeAsync(3_600_000);
		xhr.upload.onprogress?.({ loaded: 3 });
		await vi.advanceTimersByTimeAsync(3_600_000);
		expect(outcome).not.toHaveBeenCalled();
		expect(vi.getTimerCount()).toBe(0);
	});

	test('that is aborted ends with the reason itself, is hung up, and is no lost connection', async () => {
		const ending = new AbortController();
		const { xhr, sent } = start({ signal: ending.signal });
		const reason = new Error('enough');
		ending.abort(reason);
		await expect(sent).rejects.toBe(reason);
		expect(xhr.aborted).toBe(1);
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

	test('whose answer is longer than OSS gives any is hung up, and answered with what came so far', async () => {
		const { xhr, sent } = start();
		Object.assign(xhr, { status: 502, responseText: '<html>' });
		xhr.onprogress?.({ loaded: 1024 * 1024 + 1 });
		expect(await sent).toMatchObject({ status: 502, text: '<html>' });
		expect(xhr.aborted).toBe(1);
	});

	test('whose long answer comes from elsewhere was redirected all the same', async () => {
		const { xhr, sent } = start();
		xhr.responseURL = 'https://elsewhere.test/';
		xhr.onprogress?.({ loaded: 1024 * 1024 + 1 });
		await expect(sent).rejects.toThrow('oss.test redirects');
	});

	test('an abort event that nobody asked for is a lost connection', async () => {
		const { xhr, sent } = start();
		xhr.onabort?.();
		await expect(sent).rejects.toMatchObject({ code: 'Network', retryable: true });
	});

	test.each([
		['another host', 'https://elsewhere.test/key?s=SECRET'],
		['another port', 'https://oss.test:8443/key?s=SECRET'],
		['another path', 'https://oss.test/other?s=SECRET'],
	])('whose answer comes from %s was redirected, and counts for nothing [B6]', async (_, responseURL) => {
		const { xhr, sent } = start();
		xhr.responseURL = responseURL;
		xhr.onload?.();
		await expect(sent).rejects.toMatchObject({ code: 'Service', retryable: true });
		await expect(sent).rejects.toThrow('oss.test redirects');
		await expect(sent).rejects.not.toThrow('SECRET');
		expect(vi.getTimerCount()).toBe(0);
	});

	test.each([
		['the address itself', 'https://oss.test/key?s=SECRET', 'https://oss.test/key?s=SECRET'],
		['https, since the page insists on it', 'http://oss.test/key', 'https://oss.test/key'],
		['the same key, written otherwise', 'https://oss.test/a key', 'https://oss.test/a%20key'],
		['a browser that does not say', 'https://oss.test/key', ''],
	])('whose answer comes from %s is answered', async (_, url, responseURL) => {
		const { xhr, sent } = start({ url });
		xhr.responseURL = responseURL;
		xhr.onload?.();
		expect((await sent).status).toBe(200);
	});

	test('is sent so when its file is of another window: by shape, not by class [B6]', () => {
		const bytes = new Blob(['abc']);
		const ofAnotherWindow = { size: 3, type: '', slice: () => bytes, arrayBuffer: () => bytes.arrayBuffer() };
		const onSent = vi.fn();
		const { xhr } = start({ body: ofAnotherWindow as unknown as Blob, onSent });
		xhr.upload.onprogress?.({ loaded: 3 });
		expect(onSent).toHaveBeenCalledWith(3);
	});

	test('that cannot even be begun surfaces as the mistake that it is', async () => {
		const mistake = new DOMException('not opened', 'InvalidStateError');
		vi.spyOn(ScriptedXhr.prototype, 'send').mockImplementationOnce(() => {
			throw mistake;
		});
		await expect(start().sent).rejects.toBe(mistake);
		expect(vi.getTimerCount()).toBe(0);
	});
});
