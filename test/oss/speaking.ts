import { loadSha256 } from '../../src/browser/sha256.js';
import type { ObjectSettings } from '../../src/core/model.js';
import type { Remote } from '../../src/core/ports.js';
import { createOssClient, type OssClientOptions } from '../../src/oss/client.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import type { CredentialsRequest } from '../../src/oss/signing/credentials.js';
import { ManualClock } from '../manual-clock.js';
import { type Answer, ScriptedTransport } from './scripted-transport.js';

export const BASE = 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com';
export const KEY = 'dir/测 +.txt';
export const PATH = '/dir/%E6%B5%8B%20%2B.txt';

export const { signal } = new AbortController();
export const bytes = new Blob(['0123456789']).slice(0, 10);
export const onSent = () => {};
export const part = { uploadId: 'U/+1', partNumber: 3, bytes, md5: undefined, onSent };
export const parts = [{ partNumber: 1, etag: '"A"' }];

export const ETAG = '"781E5E245D69B566979B86E28D23F2C7"';
export const initiated =
	'<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>';
export const completed = `<CompleteMultipartUploadResult><Location>http://x/y</Location><ETag>${ETAG}</ETag></CompleteMultipartUploadResult>`;
export const listed = (uploadId: string) =>
	`<ListPartsResult><UploadId>${uploadId}</UploadId><IsTruncated>false</IsTruncated></ListPartsResult>`;

/** Each operation as it is asked for. */
export const OPERATIONS = {
	InitiateMultipartUpload: (object) => object.initiate(signal),
	UploadPart: (object) => object.uploadPart(part, signal),
	ListParts: (object) => object.listParts('U', 0, signal),
	CompleteMultipartUpload: (object) => object.complete('U', parts, signal),
	AbortMultipartUpload: (object) => object.abort('U', signal),
	PutObject: (object) => object.put(bytes, undefined, onSent, signal),
	HeadObject: (object) => object.head(signal),
} satisfies Record<string, (object: Remote) => Promise<unknown>>;

export type OperationName = keyof typeof OPERATIONS;
export const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** A client, and what it says and hears. */
export function speaking(more: Partial<OssClientOptions> = {}, headers: ObjectSettings['headers'] = {}) {
	const transport = new ScriptedTransport();
	const clock = new ManualClock(Date.parse('2026-01-02T03:04:05Z'));
	const asked: CredentialsRequest['reason'][] = [];
	const held: number[] = [];
	const client = createOssClient({
		bucket: 'examplebucket',
		endpoint: resolveEndpoint({ bucket: 'examplebucket', region: 'cn-hangzhou' }),
		signatureVersion: 'v4',
		loadSha256,
		getCredentials: ({ reason }) => {
			asked.push(reason);
			return {
				accessKeyId: `id${asked.length}`,
				accessKeySecret: 'SECRET',
				securityToken: `TOKEN${asked.length}`,
			};
		},
		credentialsFor: 'uploader',
		transport,
		clock,
		...more,
	});
	const settings: ObjectSettings = { headers, guessedContentType: 'text/plain', verify: 'crc64' };
	const object = client.forObject(KEY, settings, (ms) => held.push(ms));
	return { transport, clock, asked, held, client, object };
}

/** Sends one request of this operation, which gets this answer. */
export const answered = (name: OperationName, answer: Answer, headers = {}): Promise<unknown> => {
	const { transport, object } = speaking({}, headers);
	transport.answer(answer);
	return OPERATIONS[name](object);
};
/** One readable header is enough to show whose answer it is. */
export const ofOss = { 'x-oss-request-id': 'R' };
