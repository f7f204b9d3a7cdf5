import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** `answered`: an open question; `untried`: it could not be tried, for a reason that is no fault. */
type Mark = 'passed' | 'failed' | 'answered' | 'untried';

const SIGNS: Readonly<Record<Mark, string>> = { passed: '✓', failed: '✗', answered: '•', untried: '–' };

/** Something that could not be tried here, such as for the lack of a right that is not a must. */
export class Untried extends Error {}

/** Says lines as they come, and keeps them for the file. No secret gets into either. */
export class Report {
	readonly #say: (line: string) => void;
	readonly #secrets: () => readonly string[];
	readonly #lines: string[] = [];
	readonly #counts: Record<Mark, number> = { passed: 0, failed: 0, answered: 0, untried: 0 };

	constructor(say: (line: string) => void, secrets: () => readonly string[]) {
		this.#say = say;
		this.#secrets = secrets;
	}

	get counts(): Readonly<Record<Mark, number>> {
		return this.#counts;
	}

	title(text: string): void {
		this.#print(`# ${text}`);
		this.#print('');
	}

	fact(text: string): void {
		this.#print(`- ${text}`);
	}

	section(text: string): void {
		this.#print('');
		this.#print(`## ${text}`);
		this.#print('');
	}

	/** What came of a step, and below it what was seen. */
	outcome(mark: Mark, title: string, details: readonly string[] = []): void {
		this.#counts[mark]++;
		this.#print(`- ${SIGNS[mark]} ${title}`);
		for (const line of details.flatMap((detail) => detail.split('\n'))) this.#print(`  - ${line}`);
	}

	/** Kept for the file alone: support asks for it, and nobody reads it. */
	appendix(title: string, lines: readonly string[]): void {
		this.#lines.push('', `## ${title}`, '', ...lines.map((line) => this.#cleaned(line)));
	}

	write(path: string): void {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, `${this.#lines.join('\n')}\n`);
	}

	#print(line: string): void {
		const cleaned = this.#cleaned(line);
		this.#lines.push(cleaned);
		this.#say(cleaned);
	}

	#cleaned = (line: string): string =>
		this.#secrets().reduce((text, secret) => text.replaceAll(secret, '(hidden)'), line);
}
