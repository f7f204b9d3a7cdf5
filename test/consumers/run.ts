import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ShippedPackage, shipPackage } from '../package/shipped-package.js';
import type { Adapter } from './adapter.js';
import { ADAPTERS } from './adapters.js';
import type { Consumer } from './consumer.js';
import { CONSUMERS } from './consumers.js';
import { isGood, type Result, tryConsumer } from './journey.js';
import { tableOf, withTable } from './readme-table.js';
import { openVisitor } from './visit.js';
import { problemsOf, tryAdapters } from './visit-adapter.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Tries the consumers and adapters whose names hold one of these words, all of them without any, and says what came of it.
 * A run of all consumers writes the table of the README. Whether all was well.
 */
export async function testConsumers(words: readonly string[]): Promise<boolean> {
	const isChosen = ({ name }: Consumer) =>
		words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));
	const consumers = CONSUMERS.filter(isChosen);
	const adapters = ADAPTERS.filter(isChosen);
	if (consumers.length + adapters.length === 0)
		throw new Error(`None is called so: ${[...CONSUMERS, ...ADAPTERS].map(({ name }) => name).join(', ')}`);
	const shipped = await shipPackage();
	try {
		const areGood = await tryAllAdapters(adapters, shipped);
		return (await tryAllConsumers(consumers, shipped)) && areGood;
	} finally {
		await shipped.remove();
	}
}

async function tryAllAdapters(adapters: readonly Adapter[], shipped: ShippedPackage): Promise<boolean> {
	let areGood = true;
	await tryAdapters(adapters, shipped, (name, outcome) => {
		const problems = problemsOf(outcome);
		if (problems.length > 0) areGood = false;
		say(problems.length > 0 ? `✗ ${name}: ${problems.join(', ')}` : `✓ ${name}`);
	});
	return areGood;
}

async function tryAllConsumers(consumers: readonly Consumer[], shipped: ShippedPackage): Promise<boolean> {
	if (consumers.length === 0) return true;
	const results = await tryAll(consumers, shipped);
	say(`\n${tableOf(results)}`);
	for (const { name, mode, outcome } of results) {
		if (outcome instanceof Error) say(`\n${name}, ${mode}: ${outcome.message}`);
		else for (const warning of outcome.warnings) say(`\n${name}, ${mode}: warning: ${warning}`);
	}
	if (consumers.length === CONSUMERS.length) {
		writeFileSync(README, withTable(readFileSync(README, 'utf8'), results));
	}
	return results.every(isGood);
}

async function tryAll(consumers: readonly Consumer[], shipped: ShippedPackage): Promise<readonly Result[]> {
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
	}
}
