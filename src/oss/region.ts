import { expect } from '../base/expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`; no zone (`cn-hangzhou-h`, `us-west-1a`), no `…-internal`. */
const ID = /\b[a-z]{2}-[a-z]+(-(?!internal)[a-z]{2,}|-\d+)*/;

/** Cities whose region is `cn-` and their name. */
const MAINLAND =
	/^(hangzhou|shanghai|nanjing|fuzhou|wuhan|qingdao|beijing|zhangjiakou|huhehaote|wulanchabu|shenzhen|heyuan|guangzhou|chengdu|hongkong)$/;

/** The regions of other cities, which are often written as if they were in China too. */
const ABROAD: ReadonlyMap<string, string> = new Map([
	['tokyo', 'ap-northeast-1'],
	['seoul', 'ap-northeast-2'],
	['singapore', 'ap-southeast-1'],
	['jakarta', 'ap-southeast-5'],
	['manila', 'ap-southeast-6'],
	['bangkok', 'ap-southeast-7'],
	['frankfurt', 'eu-central-1'],
	['london', 'eu-west-1'],
	['virginia', 'us-east-1'],
	['dubai', 'me-east-1'],
]);

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(name: string, region: unknown): string {
	const given = typeof region === 'string' ? region : '';
	const bare = given.toLowerCase().replace(/.*oss-/, '');
	const city = bare.replace('cn-', '');
	const id = ABROAD.get(city) ?? ID.exec(bare)?.[0] ?? `cn-${MAINLAND.test(city) ? city : 'hangzhou'}`;
	expect(
		given.replace(/^oss-/, '') === id,
		name,
		"the id of the bucket's region",
		region,
		`write it as the OSS console names it, like "${id}" or "us-west-1"; other hosts are for \`endpoint\``,
	);
	return id;
}
