import { expect } from '../base/expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`; no zone (`cn-hangzhou-h`, `us-west-1a`), no `…-internal`. */
const ID = /\b[a-z]{2}-[a-z]+(-(?!internal)[a-z]{2,}|-\d+)*/;

/** Of cities outside of China that are often written for their region. The id of most others is the city behind `cn-`. */
const ABROAD =
	'ap-northeast-1tokyo ap-northeast-2seoul ap-southeast-1singapore eu-central-1frankfurt us-east-1virginia ';

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(name: string, region: unknown): string {
	const given = typeof region === 'string' ? region : '';
	const bare = given.toLowerCase().replace(/.*oss-/, '');
	const [, city = 'hangzhou'] = /^(?!accelerate)(?:cn-)?([a-z]+)$/.exec(bare) ?? [];
	const [, abroad] = RegExp(`([-a-z]+\\d)${city} `).exec(ABROAD) ?? [];
	const id = abroad ?? ID.exec(bare)?.[0] ?? `cn-${city}`;
	expect(
		given.replace(/^oss-/, '') === id,
		name,
		"the id of the bucket's region",
		region,
		`write it as the OSS console names it, like "${id}" or "us-west-1"; other hosts are for \`endpoint\``,
	);
	return id;
}
