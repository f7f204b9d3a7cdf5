import { expect, test } from 'vitest';
import { compileExamples } from '../compiled-examples.js';
import { pagesIn, readPage } from './pages.js';

test('blocks of code are type-checked against the source, but those marked `ts fragment`', {
	timeout: 120_000,
}, async () => {
	const examples = pagesIn('guide', 'recipes', 'moving').flatMap((page) =>
		readPage(page)
			.examples('ts')
			.map((code, index) => ({ file: `${page.replace('/', '.')}.${index + 1}.ts`, code })),
	);
	expect(examples.length).toBeGreaterThan(20);
	expect(await compileExamples(examples)).toBe('');
});
