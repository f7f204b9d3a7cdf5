import type { TransportResponse } from '../core/ports.js';
import { textOfBase64 } from './signing/encoding.js';
import { childText, parseXml, type XmlElement } from './xml.js';

/** What is taken from OSS's error document: never StringToSign, SignatureProvided or OSSAccessKeyId. */
export interface ErrorDocument {
	readonly code: string | undefined;
	readonly message: string | undefined;
	readonly requestId: string | undefined;
	/** OSS's fine code, such as `0003-00000501`. */
	readonly ec: string | undefined;
	/** ISO 8601; in the answer `RequestTimeTooSkewed`. */
	readonly serverTime: string | undefined;
	/** The one that is missing or wrong; in the answer `InvalidPart`. */
	readonly partNumber: number | undefined;
}

/** Empty where the answer has no error document: HEAD, a proxy's page, headers hidden by CORS. */
export function readError(response: TransportResponse): ErrorDocument {
	let root: XmlElement | undefined;
	try {
		// HEAD has no body; newer servers put the document into a header.
		root = parseXml(response.text || textOfBase64(response.header('x-oss-err') ?? ''));
	} catch {}
	const text = (name: string) => (root?.name === 'Error' && childText(root, name)) || undefined;
	const [ec] = /^\d{4}-\d{8}$/.exec(text('EC') ?? response.header('x-oss-ec') ?? '') ?? [];
	const [partNumber] = /^[1-9]\d{0,4}$/.exec(text('PartNumber') ?? '') ?? [];
	return {
		code: text('Code'),
		message: text('Message'),
		requestId: text('RequestId') ?? response.header('x-oss-request-id'),
		ec,
		serverTime: text('ServerTime'),
		partNumber: partNumber === undefined ? undefined : Number(partNumber),
	};
}
