import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseAddress, queryValue } from '../protocol/address.js';
import type { ServerClock } from '../protocol/clock.js';
import type { BucketCors } from '../protocol/cors.js';
import { assertFaultRule } from './fault-rule.js';
import type { Faults } from './faults.js';
import type { Inspection } from './inspection.js';
import type { RequestLog } from './request-log.js';
import { type AccessKeys, type MintOptions, RAM_ACTION_NAMES, type RamAction } from './sts.js';

export interface Controlled {
	readonly keys: AccessKeys;
	readonly clock: ServerClock;
	readonly faults: Faults;
	readonly log: RequestLog;
	readonly inspection: Inspection;
	readonly cors: BucketCors;
}

/** What a control address answers: JSON, or nothing. */
type Answer = { readonly status: number; readonly json?: unknown };

const DONE: Answer = { status: 204 };
const NOT_FOUND: Answer = { status: 404 };
const PREFIX = '/-/';

const CORS = {
	'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
	'Access-Control-Allow-Headers': 'Content-Type',
	'Access-Control-Max-Age': '600',
};

/** The emulator's own addresses, under `/-/`: no bucket can have that name. */
export class Control {
	readonly #controlled: Controlled;
	/** The only ones that are answered; undefined for everybody. */
	readonly #origins: readonly string[] | undefined;

	constructor(controlled: Controlled, origins: readonly string[] | undefined) {
		this.#controlled = controlled;
		this.#origins = origins;
	}

	/** By IP or `localhost` only: in a virtual host `-/` may begin a key, and a name may have been rebound. */
	isFor({ url = '', headers: { host = '' } }: IncomingMessage): boolean {
		return url.startsWith(PREFIX) && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
	}

	async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { origin } = request.headers;
		if (!this.#answers(origin)) return refuse(request, response);
		const { status, json } = await this.#answer(request);
		response.writeHead(status, {
			...CORS,
			'Access-Control-Allow-Origin': this.#origins && origin ? origin : '*',
			...(this.#origins ? { Vary: 'Origin' } : {}),
			'Cache-Control': 'no-store',
			...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
		});
		response.end(json === undefined ? undefined : JSON.stringify(json));
	}

	/**
	 * A page of another port is another origin, so that a browser says Origin with every request it may read or that
	 * acts; what comes without one is an image, a script, a frame or a form, or no page at all.
	 */
	#answers(origin: string | undefined): boolean {
		return this.#origins === undefined || (origin !== undefined && this.#origins.includes(origin));
	}

	async #answer(request: IncomingMessage): Promise<Answer> {
		try {
			const body = await readText(request);
			return request.method === 'OPTIONS' ? DONE : await this.#route(request, body);
		} catch (error) {
			return { status: 400, json: { message: error instanceof Error ? error.message : String(error) } };
		}
	}

	#route(request: IncomingMessage, body: string): Answer | Promise<Answer> {
		const { key: path = '', query } = parseAddress(request.url ?? '', 'localhost');
		const [noun = '', ...rest] = path.split('/');
		const route = ROUTES.get(`${request.method} ${noun}`);
		const parameter = (name: string): string | undefined => queryValue(query, name);
		return route?.(this.#controlled, { rest, parameter, body }) ?? NOT_FOUND;
	}
}

interface Asked {
	/** The path behind the noun. */
	readonly rest: readonly string[];
	readonly parameter: (name: string) => string | undefined;
	readonly body: string;
}

type Route = (controlled: Controlled, asked: Asked) => Answer | Promise<Answer>;

const json = (value: unknown): Answer => ({ status: 200, json: value });

const done =
	(act: (controlled: Controlled, asked: Asked) => void): Route =>
	(controlled, asked) => {
		act(controlled, asked);
		return DONE;
	};

/** By method and noun. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
	['POST sts', ({ keys }, { parameter }) => json(keys.mint(mintOptions(parameter)))],
	['POST faults', done(({ faults }, { body }) => addFaults(faults, JSON.parse(body)))],
	['DELETE faults', done(({ faults }) => faults.clear())],
	['GET requests', ({ log }) => json(log.ended)],
	['DELETE requests', done(({ log }) => log.clear())],
	['GET stats', ({ log: { inFlight, maxInFlight } }) => json({ inFlight, maxInFlight })],
	['GET objects', ({ inspection }, { rest }) => showObject(inspection, rest)],
	['GET uploads', ({ inspection }, { rest: [bucket = ''] }) => json(inspection.uploads(bucket))],
	['DELETE uploads', ({ inspection }, { rest: [uploadId = ''] }) => forgetUpload(inspection, uploadId)],
	['POST expire-tokens', done(({ keys }) => keys.expire())],
	['PUT cors', done(({ cors }, { body }) => cors.set(JSON.parse(body)))],
	['POST clock', done(({ clock }, { parameter }) => clock.skew(requireNumber('skew', parameter('skew'))))],
]);

/** All of them, or none. */
function addFaults(faults: Faults, value: unknown): void {
	const rules: readonly unknown[] = Array.isArray(value) ? value : [value];
	const checked = rules.map((rule) => {
		assertFaultRule(rule);
		return rule;
	});
	for (const rule of checked) faults.add(rule);
}

async function showObject(inspection: Inspection, [bucket = '', ...key]: readonly string[]): Promise<Answer> {
	const info = await inspection.object(bucket, key.join('/'));
	return info ? json(info) : NOT_FOUND;
}

const forgetUpload = async (inspection: Inspection, uploadId: string): Promise<Answer> =>
	(await inspection.forgetUpload(uploadId)) ? DONE : NOT_FOUND;

/** Without a CORS header, so that no page can read why. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
	request.resume();
	const message = 'Only the page that this emulator was started for may ask this.';
	response.writeHead(403, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
	response.end(JSON.stringify({ message }));
}

/** `?ttl=<seconds>&policy=<actions>&keys=<keys>`, lists with commas. */
function mintOptions(parameter: (name: string) => string | undefined): MintOptions {
	const [ttl, policy, keys] = [parameter('ttl'), parameter('policy'), parameter('keys')];
	return {
		...(ttl === undefined ? {} : { ttlSeconds: requireNumber('ttl', ttl) }),
		...(policy === undefined ? {} : { policy: policy.split(',').filter(Boolean).map(requireAction) }),
		...(keys === undefined ? {} : { keys: keys.split(',') }),
	};
}

function requireAction(text: string): RamAction {
	const action = RAM_ACTION_NAMES.find((name) => name === text.replace(/^oss:/, ''));
	if (!action) throw new TypeError(`Expected one of ${RAM_ACTION_NAMES.join(', ')}, got ${text}.`);
	return action;
}

function requireNumber(name: string, text: string | undefined): number {
	const value = Number(text);
	if (text === undefined || text === '' || !Number.isFinite(value)) {
		throw new TypeError(`Expected ${name} to be a number, got ${text}.`);
	}
	return value;
}

/** Bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request) {
		size += chunk.length;
		if (size <= MAX_BODY_BYTES) chunks.push(chunk);
	}
	if (size > MAX_BODY_BYTES) throw new RangeError('The body is longer than 1 MiB.');
	return Buffer.concat(chunks).toString();
}
