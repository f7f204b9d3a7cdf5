import { expect } from '../expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`; no zone (`cn-hangzhou-h`, `us-west-1a`), no `…-internal`. */
const ID = /\b[a-z]{2}-[a-z]+(-(?!internal)[a-z]{2,}|-\d+)*/;

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(region: unknown): string {
	const given = typeof region === 'string' ? region : '';
	const text = given.toLowerCase().replace(/.*oss-/, '');
	const id = ID.exec(text)?.[0];
	if (id && id === given.replace(/^oss-/, '')) return id;

	const network = /^accelerate(-overseas)?|[\w-]+-internal/.exec(text)?.[0];
	const city = network ? undefined : /^[a-z]+$/.exec(text)?.[0];
	const ids = id ? `"${id}"` : `"cn-${city ?? 'hangzhou'}" or "ap-southeast-1"`;
	const endpoint = network ? `, and endpoint: "oss-${network}.aliyuncs.com"` : '';
	const nextStep = `write ${ids}, as the bucket's page in the OSS console names it${endpoint}`;
	expect(false, 'region', "the id of the bucket's region", region, nextStep);
	return '';
}
