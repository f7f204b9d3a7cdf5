import { isOssOperation } from '../protocol/router.js';
import { type FaultRule, type FaultType, IMPOSTER_KINDS } from './faults.js';

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 1;
const isStatus: Check = (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isHeaders: Check = (value) => isRecord(value) && Object.values(value).every(isString);
const isHeaderChange: Check = (value) =>
	isRecord(value) && Object.values(value).every((header) => header === null || isString(header));
const isNames: Check = (value) => Array.isArray(value) && value.every(isString);

/** The fields of a rule or an action: what each must be, in words and as a check, and whether it may be absent. */
type Shape = Readonly<Record<string, readonly [what: string, isRight: Check, need?: 'required']>>;

const NUMBER = ['a number', isNumber] as const;
const STRING = ['a string', isString] as const;
const BOOLEAN = ['a boolean', isBoolean] as const;
const STATUS = ['a status from 200 to 599', isStatus] as const;
const HEADERS = ['headers', isHeaders] as const;

const ACTIONS: Readonly<Record<FaultType, Shape>> = {
	status: { status: [...STATUS, 'required'], code: STRING, ec: STRING, headers: HEADERS, body: STRING },
	'public-endpoint-forbidden': {},
	'answer-as': {
		as: [
			`one of ${IMPOSTER_KINDS.join(', ')}`,
			(value) => IMPOSTER_KINDS.some((kind) => kind === value),
			'required',
		],
		applied: BOOLEAN,
		status: STATUS,
		location: STRING,
		body: STRING,
		cors: BOOLEAN,
	},
	headers: { headers: ['headers, each a string or null', isHeaderChange, 'required'] },
	cut: { afterBytes: NUMBER },
	hang: { applied: BOOLEAN },
	delay: { ms: [...NUMBER, 'required'], applied: BOOLEAN },
	'drop-reply': {},
	corrupt: {},
	'forget-upload': {},
	'expire-tokens': {},
	'skew-clock': { ms: [...NUMBER, 'required'] },
	'hide-headers': { names: ['an array of names', isNames, 'required'] },
	throttle: {
		bytesPerSecond: ['a number above 0', (value) => isNumber(value) && Number(value) > 0, 'required'],
	},
	'replace-body': { body: [...STRING, 'required'], status: STATUS, headers: HEADERS },
};

const RULE: Shape = {
	operation: [
		"an operation of OSS, 'Preflight' or 'Unknown'",
		(value) =>
			value === 'Preflight' || value === 'Unknown' || (isString(value) && isOssOperation(String(value))),
	],
	method: STRING,
	partNumber: ['an integer from 1 up', isCount],
	key: STRING,
	occurrence: ['an integer from 1 up', isCount],
	every: ['an integer from 1 up', isCount],
	times: ["an integer from 1 up, or 'always'", (value) => value === 'always' || isCount(value)],
	action: ['an object with a type', isRecord, 'required'],
};

/**
 * A rule that came from outside. One with a slip of the pen would never strike, and its test would pass for nothing.
 *
 * @throws TypeError that says what is wrong with it
 */
export function assertFaultRule(value: unknown): asserts value is FaultRule {
	if (!isRecord(value)) throw new TypeError(`Expected a fault rule to be an object, got ${shown(value)}.`);
	assertShape('', RULE, value);
	const { action } = value;
	const { type, ...fields } = isRecord(action) ? action : {};
	const shape = Object.entries(ACTIONS).find(([name]) => name === type)?.[1];
	if (!shape) {
		throw new TypeError(
			`Expected action.type to be one of ${Object.keys(ACTIONS).join(', ')}, got ${shown(type)}.`,
		);
	}
	assertShape('action.', shape, fields);
}

function assertShape(prefix: string, shape: Shape, value: Readonly<Record<string, unknown>>): void {
	const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name));
	if (unknown !== undefined) {
		const known = Object.keys(shape).join(', ') || 'none';
		throw new TypeError(`A fault rule has no ${prefix}${unknown}; known are: ${known}.`);
	}
	for (const [name, [what, isRight, need]] of Object.entries(shape)) {
		if (value[name] === undefined && need === undefined) continue;
		if (!isRight(value[name])) {
			throw new TypeError(`Expected ${prefix}${name} to be ${what}, got ${shown(value[name])}.`);
		}
	}
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);
