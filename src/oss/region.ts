import { describe } from '../expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`, `cn-hangzhou-internal`: as a part of a pattern. */
export const REGION = '[a-z]{2}-[a-z\\d]+(?:-[a-z\\d]+)*';

const ID = new RegExp(`^${REGION}$`);
/** Of the internal network, or a zone (`cn-hangzhou-h`, `us-west-1a`): of neither is a region named. */
const SUFFIX = /-internal$|-[a-z]$|(-\d+)[a-z]$/;

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(region: unknown): string {
	const id = typeof region === 'string' ? region.replace(/^oss-/, '') : '';
	if (ID.test(id) && !SUFFIX.test(id)) return id;
	throw new TypeError(
		`Expected \`region\` to be the id of the bucket's region, got ${describe(region)}: ${nextStep(region)}`,
	);
}

function nextStep(region: unknown): string {
	const text = typeof region === 'string' ? region.trim().toLowerCase() : '';
	const accelerate = /oss-accelerate(-overseas)?/.exec(text)?.[0];
	if (accelerate)
		return `write the bucket's own, such as "cn-hangzhou", and endpoint: "${accelerate}.aliyuncs.com"`;
	const found = new RegExp(REGION).exec(text.replace(/.*\boss-/, ''))?.[0];
	const id = found?.replace(SUFFIX, '$1');
	if (id && found?.endsWith('-internal'))
		return `write "${id}", and endpoint: "oss-${found}.aliyuncs.com" for the internal network`;
	if (id) return `write "${id}"`;
	const city = /^(?:oss-)?([a-z]+)$/.exec(text)?.[1];
	const example = city ? `for a city in China "cn-${city}"` : 'such as "cn-hangzhou"';
	return `write it as the bucket's page in the OSS console names it, ${example}, elsewhere such as "ap-southeast-1"`;
}
