import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { followStartPage, isGoodStory, START_PAGES } from '../docs/start-story.js';
import { type ShippedPackage, shipPackage } from '../package/shipped-package.js';
import type { Adapter } from './adapter.js';
import { ADAPTERS } from './adapters.js';
import type { Consumer } from './consumer.js';
import { CONSUMERS } from './consumers.js';
import { isGood, type Result, tryConsumer } from './journey.js';
import { tableOf, withTable } from './readme-table.js';
import { openVisitor } from './visit.js';
import { problemsOf, tryAdapters } from './visit-adapter.js';

const PAGE = fileURLToPath(new URL('../../docs/guide/bundlers.md', import.meta.url));
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Tries the consumers and adapters whose names hold one of these words, all of them without any, and says what came of it;
 * then follows the start pages of the documents, which are called `start vite` and so on. A run of all consumers writes the
 * table of the page on bundlers. Whether all was well.
 */
export async function testConsumers(words: readonly string[]): Promise<boolean> {
	const isChosen = (name: string) =>
		words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));
	const consumers = CONSUMERS.filter(({ name }) => isChosen(name));
	const adapters = ADAPTERS.filter(({ name }) => isChosen(name));
	const pages = START_PAGES.filter((page) => isChosen(nameOf(page)));
	if (consumers.length + adapters.length + pages.length === 0) {
		const names = [...[...CONSUMERS, ...ADAPTERS].map(({ name }) => name), ...START_PAGES.map(nameOf)];
		throw new Error(`None is called so: ${names.join(', ')}`);
	}
	const shipped = await shipPackage();
	try {
		const areAdapted = await tryAllAdapters(adapters, shipped);
		const areConsumed = await tryAllConsumers(consumers, shipped);
		return (await followAll(pages, shipped)) && areConsumed && areAdapted;
	} finally {
		await shipped.remove();
	}
}

const nameOf = (page: string): string => `start ${page}`;

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
		writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), results));
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

/** One that cannot be followed does not keep the next from its turn. */
async function followAll(pages: readonly string[], shipped: ShippedPackage): Promise<boolean> {
	let areGood = true;
	for (const page of pages) {
		const story = await followStartPage(page, shipped).catch((error: Error) => error);
		const isFollowed = !(story instanceof Error) && isGoodStory(story);
		say(`${isFollowed ? '✓' : '✗'} ${nameOf(page)}`);
		if (!isFollowed) say(story instanceof Error ? story.message : JSON.stringify(story, undefined, 2));
		areGood &&= isFollowed;
	}
	return areGood;
}
