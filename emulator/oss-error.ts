import type { XmlFields } from './xml.js';

export interface OssErrorDetails {
	/** OSS's own finer code, where it is known. */
	readonly ec?: string;
	/** Elements that only this code has, such as UploadId. */
	readonly fields?: XmlFields;
}

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
		this.ec = ec;
		this.fields = fields;
	}
}

/** The connection is gone: there is nobody left to answer. */
export class ConnectionLost extends Error {}

export const invalidArgument = (message: string, name?: string, value?: string, ec?: string): OssError =>
	new OssError(400, 'InvalidArgument', message, {
		...(ec === undefined ? {} : { ec }),
		fields: [...field('ArgumentName', name), ...field('ArgumentValue', value)],
	});

export const accessDenied = (message: string, fields: XmlFields = []): OssError =>
	new OssError(403, 'AccessDenied', message, { fields });

export const noSuchUpload = (uploadId: string): OssError =>
	new OssError(
		404,
		'NoSuchUpload',
		'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
		{ ec: '0017-00000244', fields: [['UploadId', uploadId]] },
	);

export const noSuchKey = (key: string): OssError =>
	new OssError(404, 'NoSuchKey', 'The specified key does not exist.', {
		ec: '0026-00000001',
		fields: [['Key', key]],
	});

export const noSuchBucket = (bucket: string): OssError =>
	new OssError(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
		ec: '0015-00000101',
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
		{
			ec: '0026-00000105',
		},
	);

const field = (name: string, value: string | undefined): XmlFields =>
	value === undefined ? [] : [[name, value]];
