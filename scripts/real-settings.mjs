// Which bucket `npm run test:real` goes to, by the environment. Plain JavaScript: nothing is installed to say that it is skipped.

const NEEDED = {
	OSS_TEST_BUCKET: 'the name of a bucket for tests',
	OSS_TEST_REGION: 'its region, such as cn-hangzhou',
	OSS_TEST_STS_URL:
		'the address that answers a token, as examples/sts-server does: http://127.0.0.1:3000/sts',
};

/** Each of these says that a bucket is meant. */
const NAMES = [...Object.keys(NEEDED), 'OSS_TEST_ENDPOINT'];

const ORIGIN_PORT = 8642;

export function realSettings(env) {
	if (NAMES.every((name) => !env[name])) return undefined;
	const missing = Object.keys(NEEDED).filter((name) => !env[name]);
	if (missing.length > 0)
		throw new Error(missing.map((name) => `${name} is missing: ${NEEDED[name]}.`).join('\n'));
	return {
		place: {
			bucket: env.OSS_TEST_BUCKET,
			region: env.OSS_TEST_REGION,
			...(env.OSS_TEST_ENDPOINT && { endpoint: env.OSS_TEST_ENDPOINT }),
			...(isYes('OSS_TEST_CNAME', env.OSS_TEST_CNAME) && { cname: true }),
		},
		stsUrl: addressOf(env.OSS_TEST_STS_URL),
		prefix: prefixOf(env.OSS_TEST_PREFIX ?? ''),
		port: portOf(env.OSS_TEST_ORIGIN_PORT || String(ORIGIN_PORT)),
		report: env.OSS_TEST_REPORT || 'test-results/real.md',
	};
}

function isYes(name, value = '') {
	if (!['', '0', '1'].includes(value)) throw new Error(`${name} is 1, or left out; not ${value}.`);
	return value === '1';
}

function addressOf(text) {
	// It is not quoted: a token may stand in it.
	if (!/^https?:\/\//.test(text) || !URL.canParse(text))
		throw new Error('OSS_TEST_STS_URL is no address: write it like http://127.0.0.1:3000/sts.');
	return text;
}

function prefixOf(text) {
	if (text === '' || /^[^/\\].*\/$/.test(text)) return text;
	throw new Error(`OSS_TEST_PREFIX ends with a slash and begins with none, like users/1/; not ${text}.`);
}

function portOf(text) {
	if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
	throw new Error(`OSS_TEST_ORIGIN_PORT is a number from 0 to 65535, and not ${text}.`);
}
