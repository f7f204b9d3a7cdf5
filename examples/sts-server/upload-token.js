// Asks STS for a token with which a page may upload, below one person's own prefix and nowhere else.
import * as sts from '@alicloud/sts20150401';

// The client is CommonJS: Node finds its default export one step further down than bundlers do.
const Client = sts.default.default ?? sts.default;
const { AssumeRoleRequest } = sts;

const { OSS_BUCKET, OSS_REGION, OSS_ROLE_ARN, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
const { STS_ENDPOINT = `https://sts.${OSS_REGION}.aliyuncs.com` } = process.env;

const { host, protocol } = new URL(STS_ENDPOINT);
const client = new Client({
	// Of a RAM user that may do nothing but assume the role.
	accessKeyId: OSS_ACCESS_KEY_ID,
	accessKeySecret: OSS_ACCESS_KEY_SECRET,
	endpoint: host,
	protocol: protocol === 'http:' ? 'HTTP' : 'HTTPS',
});

// STS takes 900 seconds up to what the role allows, which is 3,600 unless you changed it.
const LIFE_SECONDS = 3600;
// A token that ends sooner is not handed out any more.
const LEAST_LEFT_MS = 10 * 60_000;

// STS answers only so often: a person who loads the page again gets the same token.
const tokens = new Map();

/** The JSON that `credentialsFrom` takes, for the person with this id. */
export async function uploadToken(userId) {
	// A `*` or a `/` in it would open what is somebody else's.
	if (!/^[\w-]{1,50}$/.test(userId)) throw new TypeError('User ids are letters, digits, _ and -');
	const kept = await tokens.get(userId);
	if (kept && Date.parse(kept.expiration) - Date.now() > LEAST_LEFT_MS) return kept;
	const asked = assumeRole(userId);
	tokens.set(userId, asked);
	// Neither a failure nor a token that has ended is kept.
	const forget = () => tokens.get(userId) === asked && tokens.delete(userId);
	asked.then(() => setTimeout(forget, LIFE_SECONDS * 1000).unref(), forget);
	return asked;
}

const NEEDED = { OSS_BUCKET, OSS_REGION, OSS_ROLE_ARN, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET };

async function assumeRole(userId) {
	for (const [name, value] of Object.entries(NEEDED)) {
		// What is no plain text would fail in a header, whose message names no variable.
		if (!/^[!-~]+$/.test(value ?? '')) throw new Error(`${name} is not set, or is no plain text`);
	}
	// The token may do what both the role and this policy allow.
	const policy = {
		Version: '1',
		Statement: [
			{
				Effect: 'Allow',
				Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload', 'oss:GetObject'],
				Resource: [`acs:oss:*:*:${OSS_BUCKET}/users/${userId}/*`],
			},
		],
	};
	const { body } = await client.assumeRole(
		new AssumeRoleRequest({
			roleArn: OSS_ROLE_ARN,
			// It stands in the logs of ActionTrail.
			roleSessionName: `user-${userId}`,
			durationSeconds: LIFE_SECONDS,
			policy: JSON.stringify(policy),
		}),
	);
	const { accessKeyId, accessKeySecret, securityToken, expiration } = body.credentials;
	return { accessKeyId, accessKeySecret, securityToken, expiration };
}
