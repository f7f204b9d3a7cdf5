import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { readMarkdown, rowsOf } from '../markdown.js';
import { blocksOf, DOCS } from './blocks.js';

const PAGE = 'guide/set-ups.md';
const rows = rowsOf(
	readMarkdown(readFileSync(join(DOCS, PAGE), 'utf8')).section("What the page's policy has to allow"),
	'set-up',
);

/** By the heading above it, in lower case: what its code says of the endpoint. */
const endpoints = new Map(
	blocksOf(PAGE).map(({ section, text }) => {
		const [, endpoint] = /endpoint: '([^']+)'/.exec(text) ?? [];
		return [section.toLowerCase(), { endpoint, cname: text.includes('cname: true') }];
	}),
);

test('every address that a policy names is the one that the set-up sends to', () => {
	expect(rows.length).toBeGreaterThan(3);
	for (const [name = '', address = ''] of rows) {
		const { endpoint, cname = false } = endpoints.get(name) ?? {};
		const { origin } = new URL(
			resolveEndpoint({ bucket: 'examplebucket', region: 'cn-hangzhou', endpoint, cname }).url('a', {}),
		);
		expect([name, `\`${origin}\``]).toEqual([name, address]);
	}
});
