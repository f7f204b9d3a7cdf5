import { createHmac, randomUUID } from 'node:crypto';
import { encodedPairs, percentEncode } from './percent-encoding.js';

/** What a page may hold: a token that ends soon and can do nothing but upload. */
export interface TemporaryCredentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken: string;
	/** ISO 8601. */
	readonly expiration: string;
}

export interface AssumeRoleOptions {
	/** Such as `https://sts.cn-hangzhou.aliyuncs.com`. */
	readonly endpoint: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly roleArn: string;
	/** What remains of the role's rights: the session has those that both the role and this policy give. */
	readonly policy: object;
	/** STS takes 900 up to the role's own maximum, 3,600 unless changed; smaller ones are raised. */
	readonly seconds: number;
}

/** STS's least `DurationSeconds`. */
const MIN_SECONDS = 900;

/**
 * `AssumeRole`, version 2015-04-01, as a signed RPC call. Rejects with STS's own code and message.
 * https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export async function assumeRole(options: AssumeRoleOptions): Promise<TemporaryCredentials> {
	const parameters: Record<string, string> = {
		Action: 'AssumeRole',
		Version: '2015-04-01',
		Format: 'JSON',
		AccessKeyId: options.accessKeyId,
		SignatureMethod: 'HMAC-SHA1',
		SignatureVersion: '1.0',
		SignatureNonce: randomUUID(),
		Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
		RoleArn: options.roleArn,
		RoleSessionName: 'oss-resumable-upload-demo',
		DurationSeconds: String(Math.max(MIN_SECONDS, options.seconds)),
		Policy: JSON.stringify(options.policy),
	};
	const signature = rpcSignature('POST', parameters, options.accessKeySecret);
	const response = await fetch(options.endpoint, {
		method: 'POST',
		body: new URLSearchParams({ ...parameters, Signature: signature }),
		signal: AbortSignal.timeout(20_000),
	});
	return readAnswer(response.status, await response.json());
}

/**
 * RPC signature version 1.0: HMAC-SHA1 over the sorted, encoded parameters.
 * https://www.alibabacloud.com/help/doc-detail/28139.htm
 */
export function rpcSignature(
	method: string,
	parameters: Readonly<Record<string, string>>,
	accessKeySecret: string,
): string {
	const canonicalQuery = encodedPairs(parameters)
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
	const stringToSign = [method, percentEncode('/'), percentEncode(canonicalQuery)].join('&');
	return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
}

/** Uploading, and what a resumed upload asks: which parts and which object are there. */
export const UPLOAD_ACTIONS = [
	'oss:PutObject',
	'oss:ListParts',
	'oss:AbortMultipartUpload',
	'oss:GetObject',
] as const;

/** Those, below `prefix` of one bucket. */
export const uploadPolicy = (bucket: string, prefix: string): object => ({
	Version: '1',
	Statement: [
		{
			Effect: 'Allow',
			Action: UPLOAD_ACTIONS,
			Resource: [`acs:oss:*:*:${bucket}/${prefix}*`],
		},
	],
});

function readAnswer(status: number, answer: unknown): TemporaryCredentials {
	const { Code, Message, Credentials } = asRecord(answer);
	if (status !== 200)
		throw new Error(`STS refused AssumeRole: ${status} ${String(Code)}: ${String(Message)}`);
	const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = asRecord(Credentials);
	if (
		typeof AccessKeyId !== 'string' ||
		typeof AccessKeySecret !== 'string' ||
		typeof SecurityToken !== 'string' ||
		typeof Expiration !== 'string'
	) {
		throw new Error('STS answered AssumeRole without complete Credentials');
	}
	return {
		accessKeyId: AccessKeyId,
		accessKeySecret: AccessKeySecret,
		securityToken: SecurityToken,
		expiration: Expiration,
	};
}

const asRecord = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {};
