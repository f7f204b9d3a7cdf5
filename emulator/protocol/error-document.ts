import type { Reply } from './exchange.js';
import { OssError } from './oss-error.js';
import { type XmlFields, xmlDocument } from './xml.js';

/** The answer that a `status` fault gives. */
export class FaultAnswer extends OssError {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | undefined;

	constructor(
		status: number,
		code: string,
		ec: string | undefined,
		answer: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
	) {
		super(status, code, 'The emulator was told to answer this.', { ec });
		this.headers = answer.headers ?? {};
		this.body = answer.body;
	}
}

export const asOssError = (thrown: unknown): OssError =>
	thrown instanceof OssError
		? thrown
		: new OssError(
				500,
				'InternalError',
				thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
			);

/** A refusal as OSS writes it; a HEAD has no body, and newer servers repeat the document in a header. */
export function errorReply(
	error: OssError,
	{ method, requestId, host }: Readonly<Record<'method' | 'requestId' | 'host', string>>,
): Reply {
	const fault = error instanceof FaultAnswer ? error : undefined;
	const { ec } = error;
	const explanation: XmlFields =
		ec === undefined
			? []
			: [
					['EC', ec],
					['RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${ec}`],
				];
	const document = xmlDocument(
		'Error',
		[
			['Code', error.code],
			['Message', error.message],
			['RequestId', requestId],
			['HostId', host],
			...error.fields,
			...explanation,
		],
		false,
	);
	const body = fault?.body ?? document;
	return {
		status: error.status,
		headers: {
			'Content-Type': 'application/xml',
			...(ec === undefined ? {} : { 'x-oss-ec': ec }),
			...(method === 'HEAD' ? { 'x-oss-err': Buffer.from(body).toString('base64') } : {}),
			...fault?.headers,
		},
		...(method === 'HEAD' ? {} : { body }),
	};
}
