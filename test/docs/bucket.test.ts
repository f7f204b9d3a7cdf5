import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DEFAULT_CORS } from '../../emulator/index.js';
import { type Block, blocksOf } from './blocks.js';
import { corsRule } from './start-story.js';

const blocks = blocksOf('start/bucket.md');
const blockOf = (title: string): Block => {
	const found = blocks.find((block) => block.title === title);
	if (!found) throw new Error(`The page on the bucket has no block ${title}`);
	return found;
};
const jsonOf = (title: string) => JSON.parse(blockOf(title).text);

describe('the CORS rule', () => {
	test('is the one that uploads need, for one origin', () => {
		const [needed] = DEFAULT_CORS;
		const origins = ['http://localhost:5173'];
		const { maxAge, ...rule } = corsRule(origins.join());
		const sorted = (list: readonly string[] = []) => [...list].sort();
		expect(rule.origins).toEqual(origins);
		expect(sorted(rule.methods)).toEqual(sorted(needed?.methods));
		expect(rule.headers).toEqual(needed?.headers);
		for (const header of rule.expose) expect(needed?.expose).toContain(header);
		expect(maxAge).toBe(600);
	});

	test('is the same as XML, as JSON and in the console', () => {
		const rule = corsRule('http://localhost:5173');
		const xml = blockOf('cors.xml').text;
		const inXml = (name: string) =>
			[...xml.matchAll(new RegExp(`<${name}>(.*)</${name}>`, 'g'))].map(([, text]) => text);
		expect({
			origins: inXml('AllowedOrigin'),
			methods: inXml('AllowedMethod'),
			headers: inXml('AllowedHeader'),
			expose: inXml('ExposeHeader'),
			maxAge: Number(inXml('MaxAgeSeconds')[0]),
		}).toEqual(rule);
		const words = blockOf('in the console').text.split(/\s+/);
		for (const word of [...rule.origins, ...rule.methods, ...rule.headers, ...rule.expose, '600'])
			expect(words).toContain(word);
	});
});

test('the role may do what the token of the example asks for, and no more', () => {
	const example = readFileSync(
		fileURLToPath(new URL('../../examples/sts-server/upload-token.js', import.meta.url)),
		'utf8',
	);
	const [, actions = ''] = /Action: \[(.*)\]/.exec(example) ?? [];
	const [statement, ...more] = jsonOf('film-upload: the policy').Statement;
	expect(more).toEqual([]);
	expect(statement.Action).toEqual([...actions.matchAll(/'([^']+)'/g)].map(([, action]) => action));
	// The token is for users/<id>/ below it.
	expect(statement.Resource).toEqual(['acs:oss:*:*:examplebucket/users/*']);
	expect(example).toMatch(/\/users\/\$\{userId\}\/\*`/);
});
