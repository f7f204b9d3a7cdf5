import type { Reply } from '../protocol/exchange.js';
import type { FaultAction } from './faults.js';

type Imposter = Extract<FaultAction, { readonly type: 'answer-as' }>;

const PAGE = '<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>';

/** What something that is not OSS answers in its place: no header of OSS's is in it. */
export function imposterReply({ as, status, location, body = PAGE }: Imposter): Reply {
	switch (as) {
		case 'html':
			return {
				status: status ?? 200,
				headers: {
					'Content-Type': 'text/html; charset=utf-8',
					'Content-Length': String(Buffer.byteLength(body)),
				},
				body,
			};
		case 'empty':
			return { status: status ?? 200, headers: { 'Content-Length': '0' } };
		case 'no-content':
			return { status: status ?? 204 };
		case 'redirect':
			return {
				status: status ?? 307,
				// A name that the standards keep from ever existing: nothing outside this machine is reached.
				headers: { Location: location ?? 'http://portal.invalid/sign-in', 'Content-Length': '0' },
			};
	}
}
