import type { Finding } from './finding.js';

/** What `diagnose` found out. */
export interface Report {
	/** Nothing was found that makes uploads fail. */
	readonly ok: boolean;
	/** The worst first. */
	readonly findings: readonly Finding[];
	/** All of it as text, for the console. */
	toString(): string;
}

/** `subject`: what was looked at, in a line. */
export function reportOf(subject: string, findings: readonly Finding[]): Report {
	return {
		ok: findings.every(({ severity }) => severity !== 'error'),
		findings,
		toString: () => [subject, ...findings.map(paragraph)].join('\n\n'),
	};
}

const paragraph = ({ severity, code, message, fix, evidence }: Finding): string =>
	[`${severity.toUpperCase()} ${code}: ${message}`, fix && `  To do: ${fix}`, `  Seen: ${evidence}`]
		.filter(Boolean)
		.join('\n');
