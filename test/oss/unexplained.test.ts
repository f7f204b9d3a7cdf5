import { afterEach, expect, test, vi } from 'vitest';
import { serviceError } from '../../src/oss/service-error.js';

// Its connection stalls.
vi.mock('../../src/oss/explain.js', () => new Promise(() => {}));

afterEach(() => {
	vi.useRealTimers();
});

test('an error whose words never come holds up nobody for longer than 30 s: the facts have to do', async () => {
	vi.useFakeTimers();
	const document = { code: 'AccessDenied', ec: '0003-00000001', message: 'Why', requestId: 'R' };
	const response = { status: 403, text: '', header: () => undefined };
	const told = serviceError(
		response,
		{ ...document, serverTime: undefined, partNumber: undefined },
		{ operation: 'UploadPart', isRejected: false, serverNow: 0 },
	);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(await told).toMatchObject({
		message: 'OSS answered UploadPart 403 AccessDenied 0003-00000001',
		requestId: 'R',
	});
});
