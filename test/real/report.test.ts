import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Report } from './report.js';

test('what it says it also writes, and the appendix besides; secrets stand in neither', async () => {
	const directory = await mkdtemp(join(tmpdir(), 'report-'));
	try {
		const said: string[] = [];
		const secrets: string[] = [];
		const report = new Report(
			(line) => void said.push(line),
			() => secrets,
		);
		report.title('What was seen');
		secrets.push('s3cret/+');
		report.outcome('failed', 'Uploads', ['told s3cret/+ and s3cret/+', 'two\nlines']);
		report.appendix('Requests', ['| s3cret/+ |']);
		report.write(join(directory, 'new', 'report.md'));
		const lines = [
			'# What was seen',
			'',
			'- ✗ Uploads',
			'  - told (hidden) and (hidden)',
			'  - two',
			'  - lines',
		];
		expect(said).toEqual(lines);
		const text = await readFile(join(directory, 'new', 'report.md'), 'utf8');
		expect(text).toBe([...lines, '', '## Requests', '', '| (hidden) |', ''].join('\n'));
		expect(report.counts).toEqual({ passed: 0, failed: 1, answered: 0, untried: 0 });
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
});
