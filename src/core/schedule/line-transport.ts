import { abortable, scoped } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Transport, TransportRequest } from '../ports.js';
import type { Line } from './line.js';

/**
 * The transport, whose requests end when the line says that they are dead. Only what is on the line is timed: a request
 * comes here hashed and signed. One that is not `timed` has a limit of its own.
 */
export function timed(transport: Transport, line: Line): Transport {
	/** Time-outs in a row, whatever they befell. */
	let timeouts = 0;
	return {
		reaches: (url, signal) => transport.reaches(url, signal),
		send(request) {
			if (request.isUntimed) return transport.send(request);
			return scoped(request.signal, async (scope) => {
				const { signal } = scope;
				const flight = line.begin(sizeOf(request.body), timeouts);
				const onSent = (sentBytes: number) => {
					flight.moved(sentBytes);
					request.onSent?.(sentBytes);
				};
				flight.onStall = (error) => scope.abort(error);
				try {
					const response = await abortable(signal, transport.send({ ...request, signal, onSent }));
					timeouts = 0;
					// A refusal may come before the body has gone out: it says nothing of the line.
					flight.end(response.status < 300 ? 'answered' : 'failed');
					return response;
				} catch (error) {
					const isTimeout = error instanceof UploadError && error.code === 'Timeout';
					if (isTimeout) timeouts++;
					flight.end(isTimeout ? 'timed-out' : 'failed');
					throw error;
				}
			});
		},
	};
}

/** Bytes. */
export function sizeOf(body: TransportRequest['body']): number {
	if (body === undefined) return 0;
	if (typeof body === 'string') return body.length;
	return 'size' in body ? body.size : body.byteLength;
}
