import { abortable, scoped } from '../../base/abortable.js';
import { UploadError } from '../../base/errors.js';
import type { Transport, TransportRequest } from '../ports.js';
import type { Flight, Line } from './line.js';

/**
 * Bytes: what is no larger leaves the page at once, whatever the line is like. That it has left would tell nothing, and costs
 * as much as all else that is done here for such a request.
 */
const SILENT_SIZE = 64 * 1024;

/** Puts requests on the line, and ends those that it says are dead. */
export class LineRequests {
	readonly #line: Line;
	/** Time-outs in a row, whatever they befell. */
	#timeouts = 0;

	constructor(line: Line) {
		this.#line = line;
	}

	/** `send` may end the flight itself, where its answer says nothing of the line. */
	send<T>(
		size: number,
		signal: AbortSignal,
		send: (signal: AbortSignal, flight: Flight) => Promise<T>,
		trafficLimit?: number,
	): Promise<T> {
		return scoped(signal, async (scope) => {
			const flight = this.#line.begin(size, this.#timeouts, trafficLimit);
			flight.onStall = (error) => scope.abort(error);
			try {
				const answer = await abortable(scope.signal, send(scope.signal, flight));
				this.#timeouts = 0;
				flight.end('answered');
				return answer;
			} catch (error) {
				const isTimeout = error instanceof UploadError && error.code === 'Timeout';
				if (isTimeout) this.#timeouts++;
				flight.end(isTimeout ? 'timed-out' : 'failed');
				throw error;
			}
		});
	}
}

/**
 * The transport, whose requests end when the line says that they are dead. Only what is on the line is timed: a request
 * comes here hashed and signed. One that is untimed has a limit of its own.
 */
export function timed(transport: Transport, line: Line): Transport {
	const requests = new LineRequests(line);
	return {
		reaches: (url, signal) => transport.reaches(url, signal),
		send(request) {
			if (request.isUntimed) return transport.send(request);
			const size = sizeOf(request.body);
			const send = async (signal: AbortSignal, flight: Flight) => {
				const onSent = (sentBytes: number) => {
					flight.moved(sentBytes);
					request.onSent?.(sentBytes);
				};
				const asked = size > SILENT_SIZE ? onSent : undefined;
				const response = await transport.send({ ...request, signal, onSent: asked });
				// A refusal may come before the body has gone out: it says nothing of the line.
				if (response.status >= 300) flight.end('failed');
				return response;
			};
			return requests.send(size, request.signal, send, trafficLimitOf(request));
		},
	};
}

/** Bits a second at which OSS takes its body, by the header or the query that is really sent: a signing server may add it. */
function trafficLimitOf({ url, headers }: Pick<TransportRequest, 'url' | 'headers'>): number | undefined {
	return (
		Number(headers['x-oss-traffic-limit'] ?? /[?&]x-oss-traffic-limit=(\d+)/.exec(url)?.[1]) || undefined
	);
}

/** Bytes. */
export function sizeOf(body: TransportRequest['body']): number {
	if (body === undefined) return 0;
	if (typeof body === 'string') return body.length;
	return 'size' in body ? body.size : body.byteLength;
}
