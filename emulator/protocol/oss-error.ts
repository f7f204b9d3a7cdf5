import type { XmlFields } from './xml.js';

export interface OssErrorDetails {
	/** OSS's own finer code; the one that `code` has by default, where it is known. */
	readonly ec?: string | undefined;
	/** Elements that only this code has, such as UploadId. */
	readonly fields?: XmlFields;
}

/**
 * The EC of a code that has one alone, where it is known. Codes with several are told apart where they are thrown.
 * Each has a page: `https://help.aliyun.com/en/oss/user-guide/<EC>`.
 */
const EC_BY_CODE: ReadonlyMap<string, string> = new Map([
	['CallbackFailed', '0007-00000203'],
	['EntityTooSmall', '0042-00000213'],
	['FileAlreadyExists', '0042-00000214'],
	['InvalidAccessKeyId', '0002-00000902'],
	['InvalidPart', '0042-00000211'],
	['InvalidPartOrder', '0042-00000210'],
	['InvalidSecurityToken', '0002-00000241'],
	['MalformedXML', '0042-00000205'],
	['MetaOperationQpsLimitExceeded', '0004-00000302'],
	['MethodNotAllowed', '0017-00000001'],
	['NoSuchBucket', '0015-00000101'],
	['NoSuchKey', '0026-00000001'],
	['NoSuchUpload', '0017-00000244'],
	['PublicEndpointForbidden', '0048-00000401'],
	['RequestTimeTooSkewed', '0002-00000504'],
	['SignatureDoesNotMatch', '0002-00000040'],
	['TotalQpsLimitExceeded', '0004-00000302'],
	['UploadTrafficRateLimitExceeded', '0004-00000502'],
	['UserDisable', '0003-00000801'],
]);

/** A refusal, as the XML error document says it. */
export class OssError extends Error {
	readonly status: number;
	readonly code: string;
	readonly ec: string | undefined;
	readonly fields: XmlFields;

	constructor(status: number, code: string, message: string, { ec, fields = [] }: OssErrorDetails = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.ec = ec ?? EC_BY_CODE.get(code);
		this.fields = fields;
	}
}

/** The connection is gone: there is nobody left to answer. */
export class ConnectionLost extends Error {}

export const invalidArgument = (message: string, name?: string, value?: string, ec?: string): OssError =>
	new OssError(400, 'InvalidArgument', message, {
		ec,
		fields: [...field('ArgumentName', name), ...field('ArgumentValue', value)],
	});

export const accessDenied = (message: string, details: OssErrorDetails = {}): OssError =>
	new OssError(403, 'AccessDenied', message, details);

export const noSuchUpload = (uploadId: string): OssError =>
	new OssError(
		404,
		'NoSuchUpload',
		'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
		{ fields: [['UploadId', uploadId]] },
	);

export const noSuchKey = (key: string): OssError =>
	new OssError(404, 'NoSuchKey', 'The specified key does not exist.', {
		fields: [['Key', key]],
	});

export const noSuchBucket = (bucket: string): OssError =>
	new OssError(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
		fields: [['BucketName', bucket]],
	});

export const malformedXml = (): OssError =>
	new OssError(
		400,
		'MalformedXML',
		'The XML you provided was not well-formed or did not validate against our published schema.',
	);

export const fileAlreadyExists = (): OssError =>
	new OssError(
		409,
		'FileAlreadyExists',
		'The object you specified already exists and can not be overwritten.',
	);

export const notImplemented = (message: string): OssError => new OssError(501, 'NotImplemented', message);

const field = (name: string, value: string | undefined): XmlFields =>
	value === undefined ? [] : [[name, value]];
