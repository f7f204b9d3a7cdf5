import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shipPackage } from '../package/shipped-package.js';
import type { Consumer } from './consumer.js';
import { CONSUMERS } from './consumers.js';
import { isGood, type Result, tryConsumer } from './journey.js';
import { tableOf, withTable } from './readme-table.js';
import { openVisitor } from './visit.js';

const PAGE = fileURLToPath(new URL('../../docs/guide/bundlers.md', import.meta.url));
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Tries the consumers whose names hold one of these words, all of them without any, and says what came of it. A run of
 * all writes the table of the page on bundlers. Whether all was well.
 */
export async function testConsumers(words: readonly string[]): Promise<boolean> {
	const chosen = CONSUMERS.filter(
		({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
	);
	if (chosen.length === 0)
		throw new Error(`None is called so: ${CONSUMERS.map(({ name }) => name).join(', ')}`);
	const results = await tryAll(chosen);
	say(`\n${tableOf(results)}`);
	for (const { name, mode, outcome } of results) {
		if (outcome instanceof Error) say(`\n${name}, ${mode}: ${outcome.message}`);
		else for (const warning of outcome.warnings) say(`\n${name}, ${mode}: warning: ${warning}`);
	}
	if (chosen.length === CONSUMERS.length) {
		writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), results));
	}
	return results.every(isGood);
}

async function tryAll(consumers: readonly Consumer[]): Promise<readonly Result[]> {
	const shipped = await shipPackage();
	const visitor = await openVisitor();
	try {
		const all: Result[] = [];
		for (const consumer of consumers) {
			const results = await tryConsumer(consumer, shipped, visitor);
			for (const result of results) say(`${isGood(result) ? '✓' : '✗'} ${result.name}, ${result.mode}`);
			all.push(...results);
		}
		return all;
	} finally {
		await visitor.close();
		await shipped.remove();
	}
}
