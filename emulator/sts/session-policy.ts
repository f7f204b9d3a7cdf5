import type { Allows } from '../control/sts.js';
import { invalidParameter, StsError } from './sts-error.js';

interface Statement {
	readonly effect: 'Allow' | 'Deny';
	readonly actions: readonly RegExp[];
	/** Of `bucket` or `bucket/key`. */
	readonly resources: readonly RegExp[];
}

/** Characters. */
const MAX_POLICY = 2048;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is left of a role that may do everything: what some statement allows and none denies. Without a policy all of it.
 *
 * @throws StsError
 */
export function sessionRights(policy: string | undefined): Allows {
	if (policy === undefined) return () => true;
	if (policy.length > MAX_POLICY) {
		throw invalidParameter('PolicySize', `The size of Policy must be smaller than ${MAX_POLICY} bytes.`);
	}
	const statements = statementsIn(policy);
	return (action, bucket, key) => {
		const path = key === undefined ? bucket : `${bucket}/${key}`;
		const effects = statements
			.filter(({ actions, resources }) => fits(actions, `oss:${action}`) && fits(resources, path))
			.map(({ effect }) => effect);
		return effects.includes('Allow') && !effects.includes('Deny');
	};
}

const fits = (patterns: readonly RegExp[], text: string): boolean =>
	patterns.some((pattern) => pattern.test(text));

function statementsIn(policy: string): readonly Statement[] {
	const document = parse(policy);
	const { Version, Statement } = isRecord(document) ? document : {};
	if (Version !== '1' || !Array.isArray(Statement) || Statement.length === 0) throw wrongGrammar();
	return Statement.map(readStatement);
}

function parse(policy: string): unknown {
	try {
		return JSON.parse(policy);
	} catch {
		throw wrongGrammar();
	}
}

const NAMES = ['Effect', 'Action', 'Resource'];

function readStatement(statement: unknown): Statement {
	if (!isRecord(statement)) throw wrongGrammar();
	const unknown = Object.keys(statement).find((name) => !NAMES.includes(name));
	// STS knows more, and to pass over it would give other rights than STS does.
	if (unknown !== undefined) {
		throw new StsError(501, 'NotImplemented', `The emulator knows no ${unknown} in a policy.`);
	}
	const { Effect, Action, Resource } = statement;
	if (Effect !== 'Allow' && Effect !== 'Deny') throw wrongGrammar();
	return {
		effect: Effect,
		actions: texts(Action).map((action) => {
			if (action !== '*' && !/^[a-z]+:/i.test(action)) throw wrongGrammar();
			return wildcards(action, 'i');
		}),
		resources: texts(Resource).map((resource) => wildcards(pathOf(resource))),
	};
}

/** `bucket/key` of `acs:oss:<region>:<account>:bucket/key`: the emulator has one region, and no account. */
function pathOf(resource: string): string {
	if (resource === '*') return resource;
	const [, path] = /^acs:oss:[^:]*:[^:]*:(.+)$/s.exec(resource) ?? [];
	if (path === undefined) throw wrongGrammar();
	return path;
}

function texts(value: unknown): readonly string[] {
	const all: readonly unknown[] = Array.isArray(value) ? value : [value];
	if (all.length === 0) throw wrongGrammar();
	return all.map((each) => {
		if (typeof each !== 'string') throw wrongGrammar();
		return each;
	});
}

/** `*` stands for any text, slashes too, `?` for one character. */
const wildcards = (pattern: string, flags = ''): RegExp =>
	new RegExp(
		`^${pattern.replace(/[\\^$.*+?()[\]{}|]/g, (sign) => SIGNS[sign] ?? `\\${sign}`)}$`,
		`s${flags}`,
	);

const SIGNS: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

const wrongGrammar = (): StsError =>
	invalidParameter('PolicyGrammar', 'The parameter Policy has not passed grammar check.');
