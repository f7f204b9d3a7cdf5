import type { TransportResponse } from '../core/ports.js';
import { readError } from '../oss/error-document.js';
import { quotation } from '../oss/quotation.js';
import type { Findings } from './finding.js';
import type { Code } from './words.js';

export interface Refused {
	/** Undefined for what is about this one request, such as a right. */
	readonly code: Code | undefined;
	/** In a line, as it may be shown. */
	readonly evidence: string;
}

/** What OSS means, as far as it is about more than the operation. */
export function refusedAs(operation: string, response: TransportResponse, findings: Findings): Refused {
	const { status, text } = response;
	const { code: ossCode = '', ec = '', message = '', requestId } = readError(response);
	const said = `${ec} ${ossCode} ${message}`;
	let code = findings.meaningOf(said.trim());
	// Where the bucket is, as OSS tells it.
	const [, endpoint] = /<Endpoint>([\w.-]+)</.exec(text) ?? [];
	const words = [
		...[status, ossCode, ec && `EC ${ec}`, message && `(${quotation(message, 200)})`],
		...[endpoint && `Endpoint ${endpoint}`, requestId && `request ${requestId}`],
	].filter(Boolean);
	// Without a code it is of a HEAD.
	const isRight = ossCode === '' || (status === 403 && ossCode === 'AccessDenied');
	if (!code && (status >= 500 || status === 429)) code = 'oss-busy';
	return {
		code: code ?? (isRight || /^NoSuch(Upload|Key)$/.test(ossCode) ? undefined : 'oss-refused'),
		evidence: `${operation}: ${words.join(' ')}`,
	};
}
