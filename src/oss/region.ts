import { expect } from '../base/expect.js';

/** `cn-hangzhou`, `ap-southeast-1`, `rg-china-mainland`; no zone (`cn-hangzhou-h`, `us-west-1a`), no `…-internal`. */
const ID = /\b[a-z]{2}-[a-z]+(-(?!internal)[a-z]{2,}|-\d+)*/;

/** Cities that are a region's id behind `cn-`. */
const CHINESE =
	/^(beijing|chengdu|fuzhou|guangzhou|hangzhou|heyuan|hongkong|huhehaote|nanjing|qingdao|shanghai|shenzhen|wulanchabu|zhangjiakou)$/;

/** All others have no part in the id. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
	['bangkok', 'ap-southeast-7'],
	['dubai', 'me-east-1'],
	['frankfurt', 'eu-central-1'],
	['jakarta', 'ap-southeast-5'],
	['london', 'eu-west-1'],
	['manila', 'ap-southeast-6'],
	['mexico', 'na-south-1'],
	['riyadh', 'me-central-1'],
	['seoul', 'ap-northeast-2'],
	['singapore', 'ap-southeast-1'],
	['tokyo', 'ap-northeast-1'],
	['virginia', 'us-east-1'],
]);

/** The region without `oss-`, as signatures want it. What is often given instead is told with what to write. */
export function expectRegion(name: string, region: unknown): string {
	const given = typeof region === 'string' ? region : '';
	const bare = given.toLowerCase().replace(/.*oss-/, '');
	const [, city = ''] = /^(?:cn-)?([a-z]+)$/.exec(bare) ?? [];
	const [written = 'cn-hangzhou'] = ID.exec(CHINESE.test(city) ? `cn-${city}` : bare) ?? [];
	const id = ELSEWHERE.get(city) ?? written;
	const examples = [...new Set([id, 'ap-southeast-1'])].map((each) => `"${each}"`);
	expect(
		given.replace(/^oss-/, '') === id,
		name,
		"the id of the bucket's region",
		region,
		`write it as the OSS console names it, like ${examples.join(' or ')}; other hosts are for \`endpoint\``,
	);
	return id;
}
