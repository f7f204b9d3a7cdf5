import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { OpenRecord, RequestLog } from '../control/request-log.js';
import { callerOf, isSignedInHeader, type StsAuthority, type StsRequest } from './caller.js';
import { sessionRights } from './session-policy.js';
import { invalidParameter, missing, StsError } from './sts-error.js';

/** Seconds; the most is what a role allows unless it was changed. */
const DURATION = { least: 900, most: 3600, usual: 3600 };

/** STS beside OSS, at the same address: AssumeRole, for a role that anybody's key may assume and that may do everything. */
export class Sts {
	readonly #authority: StsAuthority;
	readonly #log: RequestLog;

	constructor(authority: StsAuthority, log: RequestLog) {
		this.#authority = authority;
		this.#log = log;
	}

	/** By IP or `localhost` only: to a virtual host of OSS it would be about a bucket. */
	isFor({ method, url = '', headers }: IncomingMessage): boolean {
		const [path = '', query = ''] = url.split('?');
		if (path !== '/' || !/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '')) return false;
		if (headers['x-acs-action'] !== undefined || new URLSearchParams(query).has('Action')) return true;
		return method === 'POST' && headers['content-type']?.startsWith(FORM) === true;
	}

	async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const record = recordOf(incoming);
		this.#log.begin(record);
		const { status, body } = await this.#answer(await readRequest(incoming), record);
		record.status = status;
		this.#log.end(record);
		response.writeHead(status, { 'Content-Type': 'application/json;charset=utf-8' });
		response.end(JSON.stringify({ RequestId: record.requestId, ...body }));
	}

	async #answer(request: StsRequest, record: OpenRecord): Promise<{ status: number; body: object }> {
		try {
			return { status: 200, body: this.#assumeRole(request) };
		} catch (error) {
			if (!(error instanceof StsError)) throw error;
			record.code = error.code;
			const { status, code: Code, message: Message } = error;
			return { status, body: { HostId: request.headers.host, Code, Message } };
		}
	}

	#assumeRole(request: StsRequest): object {
		const { parameters, headers } = request;
		const action = headers['x-acs-action'] ?? parameters.get('Action');
		const version = headers['x-acs-version'] ?? parameters.get('Version');
		if (version !== '2015-04-01')
			throw new StsError(400, 'InvalidVersion', 'Specified parameter Version is not valid.');
		if (action !== 'AssumeRole') {
			throw new StsError(
				404,
				'InvalidAction.NotFound',
				'Specified api is not found: the emulator has AssumeRole alone.',
			);
		}
		callerOf(request, this.#authority);
		const { account, role, session } = readNames(parameters);
		const allows = sessionRights(parameters.get('Policy'));
		const granted = this.#authority.keys.grant(durationOf(parameters), allows);
		return {
			AssumedRoleUser: {
				Arn: `acs:sts::${account}:assumed-role/${role}/${session}`,
				AssumedRoleId: `300000000000000000:${session}`,
			},
			Credentials: {
				AccessKeyId: granted.accessKeyId,
				AccessKeySecret: granted.accessKeySecret,
				SecurityToken: granted.securityToken,
				// Whole seconds.
				Expiration: granted.expiration.replace(/\.\d+/, ''),
			},
		};
	}
}

const FORM = 'application/x-www-form-urlencoded';

function readNames(
	parameters: StsRequest['parameters'],
): Readonly<Record<'account' | 'role' | 'session', string>> {
	const [arn, session] = ['RoleArn', 'RoleSessionName'].map((name) => {
		const value = parameters.get(name);
		if (!value) throw missing(name);
		return value;
	});
	const [, account, role] = /^acs:ram::(\d+):role\/([\w.-]{1,64})$/i.exec(arn ?? '') ?? [];
	if (!account || !role) throw invalidParameter('RoleArn', 'The parameter RoleArn is wrongly formed.');
	if (!session || !/^[\w.@-]{2,64}$/.test(session)) {
		throw invalidParameter('RoleSessionName', 'The parameter RoleSessionName is wrongly formed.');
	}
	return { account, role, session };
}

function durationOf(parameters: StsRequest['parameters']): number {
	const given = parameters.get('DurationSeconds');
	const seconds = given === undefined ? DURATION.usual : Number(given);
	if (Number.isInteger(seconds) && seconds >= DURATION.least && seconds <= DURATION.most) return seconds;
	throw invalidParameter('DurationSeconds', 'The Min/Max value of DurationSeconds is 15min/1hr.');
}

async function readRequest(incoming: IncomingMessage): Promise<StsRequest> {
	const headers = textHeaders(incoming);
	const query = new Map(new URLSearchParams((incoming.url ?? '').split('?')[1]));
	const body = await text(incoming);
	const form = headers['content-type']?.startsWith(FORM) ? new URLSearchParams(body) : [];
	return { method: incoming.method ?? '', headers, query, parameters: new Map([...query, ...form]) };
}

const textHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
	);

/** Without what is secret, or signed: that lies in the authorization and in the query. */
function recordOf(incoming: IncomingMessage): OpenRecord {
	const { authorization: _, 'x-acs-security-token': __, ...headers } = textHeaders(incoming);
	return {
		at: Date.now(),
		requestId: randomUUID().toUpperCase(),
		operation: 'AssumeRole',
		method: incoming.method ?? '',
		authorization: isSignedInHeader({ headers }) ? 'acs3' : 'rpc',
		headers,
		bytes: 0,
		status: 0,
		stored: false,
	};
}
