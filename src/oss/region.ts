import { expect } from '../base/expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`; no zone (`cn-hangzhou-h`, `us-west-1a`), no `…-internal`. */
const ID = /\b[a-z]{2}-[a-z]+(-(?!internal)[a-z]{2,}|-\d+)*/;

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(name: string, region: unknown): string {
	const given = typeof region === 'string' ? region : '';
	const bare = given.toLowerCase().replace(/.*oss-/, '');
	const [city = 'hangzhou'] = /^(?!accelerate)[a-z]+$/.exec(bare) ?? [];
	const [id = `cn-${city}`] = ID.exec(bare) ?? [];
	expect(
		given.replace(/^oss-/, '') === id,
		name,
		"the id of the bucket's region",
		region,
		`write it as the OSS console names it, like "${id}" or "ap-southeast-1"; other hosts are for \`endpoint\``,
	);
	return id;
}
