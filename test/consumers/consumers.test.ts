import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ShippedPackage, shipPackage } from '../package/shipped-package.js';
import { ADAPTERS, exampleOf } from './adapters.js';
import { CONSUMERS, IMPORT_MAP } from './consumers.js';
import { tryConsumer } from './journey.js';
import { consumersIn } from './readme-table.js';
import { openVisitor, type Visitor } from './visit.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/guide/bundlers.md', import.meta.url)), 'utf8');

/** Those that most people have; `npm run test:consumers` tries all. */
const TRIED = [
	['Vite 8', 'dev'],
	['Vite 8', 'build'],
	['Next.js', 'build'],
] as const;

describe('an app that installed the package uploads, resumes after a reload, and has its worker [D1]', () => {
	let shipped: ShippedPackage;
	let visitor: Visitor;

	beforeAll(async () => {
		visitor = await openVisitor();
		shipped = await shipPackage();
	});

	afterAll(async () => {
		await visitor?.close();
		await shipped?.remove();
	});

	test.each(['Vite 8', 'Next.js'])('%s', async (name) => {
		const consumer = CONSUMERS.find((each) => each.name === name);
		if (!consumer) throw new Error(`There is no consumer ${name}`);
		const tried = TRIED.filter(([of]) => of === name).map(([, mode]) => mode as string);
		const modes = consumer.modes.filter((mode) => tried.includes(mode.name));
		const results = await tryConsumer(consumer, shipped, visitor, modes);
		const good = { uploads: true, resumes: true, worker: 'file', warnings: [] };
		expect(results.map(({ mode, outcome }) => ({ mode, outcome }))).toEqual(
			tried.map((mode) => ({ mode, outcome: good })),
		);
	});
});

test('the import map of the page on bundlers is the one that is tried', () => {
	const [, map = ''] = /<script type="importmap">([^<]*)</.exec(page) ?? [];
	expect(JSON.parse(map)).toEqual({ imports: IMPORT_MAP });
});

test('the page on bundlers tells of each, as the last run of all found it', () => {
	const told = consumersIn(page)
		.split('\n')
		.slice(2)
		.map((row) => row.split('|').map((cell) => cell.trim()));
	const expected = CONSUMERS.flatMap(({ name, tool, packages, modes }) =>
		modes.map((mode) => [name, tool === undefined ? '' : packages[tool], mode.name, 'yes', 'yes']),
	);
	expect(told.map((cells) => cells.slice(1, 6))).toEqual(expected);
	for (const cells of told) expect(cells[6]).toMatch(/^runs/);
});

test.each(['antd/custom-request.ts', 'element-plus/upload-handlers.ts', 'filepond/process.ts'])(
	'the adapter %s is short, and is tried as it stands',
	(file) => {
		const code = exampleOf(file);
		const lines = code.split('\n').filter((line) => !/^\s*(?:\/\/.*|\/\*\*.*)?$/.test(line));
		expect(lines.length).toBeLessThan(40);
		expect(ADAPTERS.flatMap(({ files }) => Object.values(files))).toContain(code);
	},
);
