import { expect, test } from 'vitest';
import { UploadError } from '../../../src/base/errors.js';
import type { Transport, TransportRequest, TransportResponse } from '../../../src/core/ports.js';
import { Line } from '../../../src/core/schedule/line.js';
import { sizeOf, timed } from '../../../src/core/schedule/line-transport.js';
import { ManualClock, settle } from '../../manual-clock.js';
import { hanging } from '../scripted-world.js';

/** Milliseconds: a request without a body ends a look or two after its base. */
const BASE_MS = 30_000;
const LOOK_MS = 2000;

const answer: TransportResponse = { status: 200, header: () => undefined, text: '' };
const never = new AbortController().signal;
const request = (over: Partial<TransportRequest> = {}): TransportRequest => ({
	method: 'PUT',
	url: 'https://x/k',
	headers: {},
	signal: never,
	...over,
});

/** A line over a transport that does as it is told. */
function lined(send: Transport['send']) {
	const clock = new ManualClock();
	const sent: TransportRequest[] = [];
	const transport = timed(
		{
			reaches: async (url) => url === 'https://x',
			send: (each) => {
				sent.push(each);
				return send(each);
			},
		},
		new Line(clock),
	);
	/** Milliseconds until it fails. */
	const untilFailure = async (over: Partial<TransportRequest> = {}) => {
		const beganAt = clock.now();
		let failed: unknown;
		transport.send(request(over)).catch((error: unknown) => {
			failed = error;
		});
		while (failed === undefined && clock.now() - beganAt < 600_000) await clock.advance(1000);
		return { failed, ms: clock.now() - beganAt };
	};
	return { transport, clock, sent, untilFailure };
}

const hangs: Transport['send'] = ({ signal }) => hanging(signal);
const isTimeout = (error: unknown) => error instanceof UploadError && error.code === 'Timeout';

test('a request is on the line only while the transport has it: nobody looks before and after', async () => {
	let end = () => {};
	const { transport, clock } = lined(
		() =>
			new Promise((resolve) => {
				end = () => resolve(answer);
			}),
	);
	expect(clock.sleeping).toBe(0);
	const answered = transport.send(request());
	await settle();
	expect(clock.sleeping).toBe(1);
	end();
	expect(await answered).toBe(answer);
	await settle();
	expect(clock.sleeping).toBe(0);
});

test('one that hangs ends in a retryable Timeout, and its transport is told to let go', async () => {
	const { untilFailure, sent, clock } = lined(hangs);
	const { failed, ms } = await untilFailure();
	expect(failed).toMatchObject({ code: 'Timeout', retryable: true });
	expect(Math.abs(ms - BASE_MS)).toBeLessThanOrEqual(LOOK_MS);
	expect(sent[0]?.signal.reason).toBe(failed);
	expect(clock.sleeping).toBe(0);
});

test('a transport that heeds no signal holds nobody up', async () => {
	const { untilFailure } = lined(() => new Promise(() => {}));
	expect((await untilFailure()).failed).toSatisfy(isTimeout);
});

test('one that is not timed is not on the line: it goes out as it is, and hangs as long as it likes', async () => {
	const { transport, clock, sent } = lined(hangs);
	const untimed = request({ isUntimed: true });
	let isOver = false;
	void transport.send(untimed).finally(() => {
		isOver = true;
	});
	await clock.advance(3_600_000);
	expect({ isOver, slept: clock.slept }).toEqual({ isOver: false, slept: [] });
	expect(sent[0]).toBe(untimed);
});

test('time-outs in a row lengthen the next deadline, of whatever request, up to four times; an answer resets them', async () => {
	let isAnswering = false;
	const { transport, untilFailure } = lined((each) => (isAnswering ? Promise.resolve(answer) : hangs(each)));
	for (const times of [1, 2, 4, 4]) {
		const { failed, ms } = await untilFailure({ url: `https://x/${times}` });
		expect(failed).toSatisfy(isTimeout);
		expect(Math.abs(ms - times * BASE_MS)).toBeLessThanOrEqual(LOOK_MS);
	}
	isAnswering = true;
	await transport.send(request());
	isAnswering = false;
	expect(Math.abs((await untilFailure()).ms - BASE_MS)).toBeLessThanOrEqual(LOOK_MS);
});

test('what the transport throws comes through as it is, and lengthens no deadline', async () => {
	const error = new UploadError('Network', 'cut', { retryable: true });
	let isCut = true;
	const { untilFailure } = lined((each) => (isCut ? Promise.reject(error) : hangs(each)));
	expect((await untilFailure()).failed).toBe(error);
	isCut = false;
	expect(Math.abs((await untilFailure()).ms - BASE_MS)).toBeLessThanOrEqual(LOOK_MS);
});

test('so does what it throws before it answers a promise', async () => {
	const error = new TypeError('a transport of somebody’s own');
	const { transport, clock } = lined(() => {
		throw error;
	});
	await expect(transport.send(request())).rejects.toBe(error);
	await settle();
	expect(clock.sleeping).toBe(0);
});

test('an abort by the task rejects with its reason, is no time-out, and frees the line', async () => {
	const leaving = new AbortController();
	const { transport, clock, untilFailure } = lined(hangs);
	const sending = transport.send(request({ signal: leaving.signal }));
	await clock.advance(1000);
	const reason = new Error('paused');
	leaving.abort(reason);
	await expect(sending).rejects.toBe(reason);
	await settle();
	expect(clock.sleeping).toBe(0);
	await expect(transport.send(request({ signal: leaving.signal }))).rejects.toBe(reason);
	expect(Math.abs((await untilFailure()).ms - BASE_MS)).toBeLessThanOrEqual(LOOK_MS);
});

test('bytes that are sent are told to whoever asked, and to the line, which then waits anew', async () => {
	const told: number[] = [];
	const { transport, clock, sent } = lined(hangs);
	let failed: unknown;
	const body = new Blob([new Uint8Array(64 * 1024 + 1)]);
	transport.send(request({ body, onSent: (bytes) => told.push(bytes) })).catch((error: unknown) => {
		failed = error;
	});
	for (const bytes of [100, 200, 300, 400]) {
		await clock.advance(25_000);
		sent[0]?.onSent?.(bytes);
	}
	await clock.advance(BASE_MS - LOOK_MS);
	expect({ failed, told }).toEqual({ failed: undefined, told: [100, 200, 300, 400] });
	// And the eight seconds that so large a body may take beyond it.
	await clock.advance(8000 + 2 * LOOK_MS);
	expect(failed).toSatisfy(isTimeout);
});

test('and where nobody asked, to the line alone', async () => {
	const { transport, sent } = lined(hangs);
	transport.send(request({ body: new Uint8Array(100_000) })).catch(() => {});
	await settle();
	expect(sent[0]?.onSent).toBeTypeOf('function');
	expect(() => sent[0]?.onSent?.(4)).not.toThrow();
});

test('nobody asks how far a body is that leaves the page at once', async () => {
	const { transport, sent } = lined(hangs);
	for (const size of [64 * 1024, 64 * 1024 + 1]) {
		const body = new Blob([new Uint8Array(size)]);
		transport.send(request({ body, onSent: () => {} })).catch(() => {});
	}
	await settle();
	expect(sent.map(({ onSent }) => typeof onSent)).toEqual(['undefined', 'function']);
});

test('whether an address answers is asked of the transport itself', async () => {
	const { transport } = lined(hangs);
	expect(await transport.reaches('https://x', never)).toBe(true);
});

test.each([
	[undefined, 0],
	['text', 4],
	[new Blob(['blob']), 4],
	[new Uint8Array(5), 5],
])('the size of %s is %d', (body, size) => {
	expect(sizeOf(body)).toBe(size);
});

test.each<[string, Partial<TransportRequest>]>([
	['header', { headers: { 'x-oss-traffic-limit': '819200' } }],
	['URL', { url: 'https://x/k?a=b&x-oss-traffic-limit=819200' }],
])('a limit in the %s gives a body the time that it asks for', async (_, limited) => {
	const { untilFailure, transport } = lined(async ({ url, signal }) =>
		url === 'https://fast/' ? answer : hanging(signal),
	);
	const body = new Blob([new Uint8Array(5 * 1024 * 1024)]);
	for (let turn = 0; turn < 20; turn++) await transport.send(request({ url: 'https://fast/', body }));
	expect((await untilFailure({ body })).failed).toBeDefined();
	expect(await untilFailure({ body, ...limited })).toEqual({ failed: undefined, ms: 600_000 });
});
