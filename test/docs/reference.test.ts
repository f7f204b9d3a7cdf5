import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planUpload } from '../../src/core/upload/plan.js';
import { WORDS } from '../../src/diagnosis/words.js';
import * as library from '../../src/index.js';
import { resolveUploaderOptions } from '../../src/options.js';
import { namesIn, rowsOf } from '../markdown.js';
import { fieldsOf, membersOf, wordsOf } from '../source-names.js';
import { docs, pagesIn, readPage, textOfPage } from './pages.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What `custom-elements.json` tells of `<oss-upload>`, by its names. */
function elementsOwn(what: 'attributes' | 'cssProperties' | 'events'): readonly string[] {
	const { modules } = JSON.parse(readFileSync(join(docs, '../custom-elements.json'), 'utf8'));
	const whole = modules[0].declarations.find(({ tagName }: { tagName: string }) => tagName === 'oss-upload');
	return whole[what].map(({ name }: { name: string }) => name);
}

describe('names are those of the source, none too few and none too many', () => {
	test.each([
		[
			'guide/uploader',
			'Options',
			'option',
			[
				...membersOf('oss/endpoint.ts', 'EndpointOptions'),
				...membersOf('public-options.ts', 'UploaderOptions'),
			],
		],
		[
			'guide/upload-options',
			'Options',
			'option',
			[...membersOf('oss/headers.ts', 'ObjectOptions'), ...membersOf('public-options.ts', 'UploadOptions')],
		],
		['guide/upload-options', 'The callback', 'field', membersOf('oss/callback.ts', 'Callback')],
		['guide/upload-options', 'What is verified', 'verify', wordsOf('core/model.ts', 'Verify')],
		['guide/upload-options', 'What is verified', 'verified', wordsOf('core/upload/run.ts', 'Verified')],
		['guide/task', 'Members', 'member', membersOf('core/task/upload-task.ts', 'UploadTask')],
		['guide/task', 'States', 'state', wordsOf('core/task/state.ts', 'TaskState')],
		['guide/task', 'Progress', 'field', membersOf('core/task/events.ts', 'Progress')],
		['guide/task', 'Events', 'event', membersOf('core/task/listeners.ts', 'TaskEvents')],
		['guide/task', 'Warnings', 'warning', wordsOf('core/task/events.ts', 'UploadWarningCode')],
		['guide/task', 'The result', 'field', membersOf('core/upload/run.ts', 'UploadResult')],
		['guide/uploader', 'Members', 'member', membersOf('public-uploader.ts', 'Uploader')],
		['guide/uploader', 'Pending uploads', 'field', membersOf('pending.ts', 'PendingUpload')],
		['guide/uploader', 'Snapshots', 'of a task', membersOf('core/task/upload-task.ts', 'TaskSnapshot')],
		['guide/uploader', 'Snapshots', 'of the uploader', membersOf('overview.ts', 'UploaderSnapshot')],
		['guide/uploader', 'Snapshots', 'of the totals', membersOf('core/task/totals.ts', 'Totals')],
		['guide/errors', 'Fields', 'field', ['message', 'cause', ...fieldsOf('base/errors.ts', 'UploadError')]],
		['guide/diagnose', 'Findings by code', 'code', Object.keys(WORDS)],
		['guide/diagnose', 'Options', 'option', membersOf('diagnose.ts', 'DiagnoseOptions')],
		['guide/emulator', 'Options', 'option', membersOf('../emulator/index.ts', 'EmulatorOptions')],
		['guide/emulator', 'Members', 'member', membersOf('../emulator/index.ts', 'Emulator')],
		['guide/element', 'Attributes', 'attribute', elementsOwn('attributes')],
		['guide/element', 'Colours and sizes', 'property', elementsOwn('cssProperties')],
		['guide/element', 'Events', 'event', elementsOwn('events')],
	])('%s, %s: %s', (page, heading, header, names) => {
		const written = namesIn(readPage(page).section(heading), header).flatMap((cell) => cell.split(', '));
		expect(written.sort()).toEqual([...names].sort());
	});

	test.each([
		['guide/task', 'Events', membersOf('core/task/events.ts', 'PartEvent')],
		['guide/task', 'Events', membersOf('core/task/events.ts', 'RetryEvent')],
		['guide/task', 'Events', membersOf('core/task/events.ts', 'UploadWarning')],
		['guide/uploader', 'Credentials', membersOf('oss/signing/credentials.ts', 'CredentialsRequest')],
		[
			'guide/uploader',
			'Signing on the server',
			[
				...membersOf('oss/signing/contract.ts', 'Unsigned'),
				...membersOf('oss/signing/contract.ts', 'SignRequestInput'),
			],
		],
		['guide/task', 'Members', membersOf('core/task/upload-task.ts', 'TaskFile')],
	])('%s, %s: %j', (page, heading, names) => {
		expect(readPage(page).section(heading).replaceAll('\n', ' ')).toContain(`\`{ ${names.join(', ')} }`);
	});

	test('Is my set-up right: how bad each finding is', () => {
		const rows = rowsOf(readPage('guide/diagnose').section('Findings by code'), 'code');
		for (const [code = '', severity] of rows) {
			expect(`${code} ${severity}`).toBe(
				`${code} ${WORDS[code.replaceAll('`', '') as keyof typeof WORDS][0]}`,
			);
		}
	});

	test('all that is exported is told of', () => {
		const text = pagesIn('guide').map(textOfPage).join();
		expect(Object.keys(library).filter((name) => !text.includes(name))).toEqual([]);
	});

	test('Events: what becomes of a part', () => {
		const [, statuses = ''] =
			/status: (.+);/.exec(readFileSync(join(docs, '../src/core/task/events.ts'), 'utf8')) ?? [];
		for (const [, status] of statuses.matchAll(/'(\w+)'/g)) {
			expect(readPage('guide/task').section('Events')).toContain(`\`${status}\``);
		}
	});
});

describe('numbers are those of the source', () => {
	test('how long it is tried', () => {
		const options = {
			bucket: 'examplebucket',
			region: 'cn-hangzhou',
			getCredentials: async () => ({}) as never,
		};
		const { retry, parallel, checkpointTtlMs } = resolveUploaderOptions(options);
		const written = Object.fromEntries(
			[...textOfPage('guide/uploader').matchAll(/(\w+Ms): ([\d_]+)/g)].map(([, name, ms = '']) => [
				name,
				Number(ms.replaceAll('_', '')),
			]),
		);
		expect(written).toEqual(retry);
		const defaults = new Map(
			rowsOf(readPage('guide/uploader').section('Options'), 'option').map(([name, value]) => [name, value]),
		);
		expect(defaults.get('`parallel`')).toBe(String(parallel));
		expect(defaults.get('`checkpointTtlMs`')).toBe(`${checkpointTtlMs / 86_400_000} days`);
	});

	test('how large parts are', () => {
		const text = readPage('guide/upload-options').section('The size of parts').replaceAll('\n', ' ');
		const steps = [...text.matchAll(/(\d+) MiB up to (\d+) (MiB|GiB)/g)].map(([, partSize, size, unit]) => ({
			partSize: Number(partSize) * MiB,
			size: Number(size) * (unit === 'MiB' ? MiB : GiB),
		}));
		expect(steps).toHaveLength(4);
		for (const { partSize, size } of steps) {
			expect(planUpload(size, 'auto').partSize).toBe(partSize);
			expect(planUpload(size + 1, 'auto').partSize).toBe(2 * partSize);
		}
		expect(text).toContain('A file up to 4 MiB is one part');
		expect([4 * MiB, 4 * MiB + 1].map((size) => planUpload(size, 'auto').partCount)).toEqual([1, 2]);
	});
});

test('each fault that the emulator knows is told of, and no other', () => {
	const source = readFileSync(join(docs, '../emulator/control/faults.ts'), 'utf8');
	const [, union = ''] = /export type FaultAction =(.*?);\n\n/s.exec(source) ?? [];
	const types = [...union.matchAll(/readonly type: '([\w-]+)'/g)].map(([, type]) => type);
	expect(types.length).toBeGreaterThan(10);
	const written = namesIn(readPage('guide/emulator').section('Faults'), 'action.type');
	expect([...written].sort()).toEqual(types.sort());
});
