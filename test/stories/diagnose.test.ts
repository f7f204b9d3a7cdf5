import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from 'oss-resumable-upload/diagnose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	type CorsRule,
	DEFAULT_CORS,
	type Emulator,
	type EmulatorOptions,
	type FaultAction,
	type FaultRule,
	type MintOptions,
	type StsCredentials,
	startEmulator,
} from '../../emulator/index.js';
import * as v4 from '../../emulator/protocol/signature-v4.js';
import { type BrowserProcess, startBrowser } from './browser.js';
import { type Site, startSite } from './site.js';

const bucket = 'examplebucket';
const headers: Record<string, string> = {};

let site: Site;
let browser: BrowserProcess;
let profile: string;
let oss: Emulator;

beforeAll(async () => {
	site = await startSite(headers);
	profile = await mkdtemp(join(tmpdir(), 'profile-'));
	browser = await startBrowser(profile);
});

afterAll(async () => {
	await browser.close();
	await site.close();
	await rm(profile, { recursive: true, force: true });
});

beforeEach(() => {
	for (const name of Object.keys(headers)) delete headers[name];
	return () => oss?.close();
});

/** A set-up, and what is wrong with it. */
interface SetUp {
	readonly emulator?: EmulatorOptions;
	readonly faults?: readonly FaultRule[];
	/** Done to the emulator once the token is minted. */
	readonly wreck?: (oss: Emulator) => void;
	readonly mint?: MintOptions;
	/** Instead of the emulator's own address. */
	readonly endpoint?: (oss: Emulator) => string;
	/** Further options, as source text. */
	readonly more?: string;
	/** Of `createUploader`, beside the bucket, the region and the endpoint. */
	readonly options?: Readonly<Record<string, unknown>>;
	/** `getCredentials`, as source text; `token` is what was minted, `calls` how often it was asked before. */
	readonly getCredentials?: string;
	/** Instead of it, as source text; `sign` signs as a server would, with headers. */
	readonly signRequest?: string;
	/** Run in the page first. */
	readonly page?: string;
	/** The page's Content-Security-Policy. */
	readonly policy?: (oss: Emulator) => string;
	readonly diagnose?: { readonly prefix?: string; readonly write?: { prefix: string; delete?: boolean } };
}

interface Seen {
	readonly ok: boolean;
	readonly findings: readonly Finding[];
	readonly text: string;
}

async function diagnose(setUp: SetUp): Promise<Seen> {
	oss = await startEmulator(setUp.emulator);
	const token = oss.mintCredentials(setUp.mint);
	for (const rule of setUp.faults ?? []) oss.addFault({ times: 'always', ...rule });
	setUp.wreck?.(oss);
	if (setUp.policy) headers['Content-Security-Policy'] = setUp.policy(oss);
	const endpoint = setUp.endpoint?.(oss) ?? oss.url;
	const options = { bucket, region: 'cn-hangzhou', endpoint, ...setUp.options };
	const { getCredentials = '() => token', signRequest } = setUp;
	const tab = await browser.newPage(site.url);
	await tab.exposeFunction('sign', (request: Asked) => signed(request, token));
	try {
		const seen: Seen = await tab.evaluate(`(async () => {
			const token = ${JSON.stringify(token)};
			let calls = 0;
			${setUp.page ?? ''};
			const uploader = oss.createUploader({
				...${JSON.stringify(options)},
				...{ ${setUp.more ?? ''} },
				${signRequest ? `signRequest: ${signRequest}` : `getCredentials: ${getCredentials}`},
			});
			const { diagnose } = await loadDiagnose();
			const report = await diagnose(uploader, ${JSON.stringify(setUp.diagnose ?? {})});
			await uploader.close();
			return { ok: report.ok, findings: report.findings, text: String(report) };
		})()`);
		for (const secret of [
			token.accessKeySecret,
			...token.securityToken.split(/\W/).filter((each) => each.length > 8),
		])
			expect(seen.text).not.toContain(secret);
		return seen;
	} finally {
		await tab.close();
	}
}

/** Of `signRequest`. */
interface Asked {
	readonly method: string;
	readonly key: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

function signed({ method, key, query, headers }: Asked, token: StsCredentials) {
	const datetime = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = { date: datetime.slice(0, 8), region: oss.region, product: 'oss' };
	const all = {
		...headers,
		'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
		'x-oss-date': datetime,
		'x-oss-security-token': token.securityToken,
	};
	const pairs = Object.entries(query);
	const request = { method, bucket, key, query: pairs, headers: all, additionalHeaders: [] };
	const text = v4.stringToSign(datetime, scope, v4.canonicalRequest(request));
	const signature = v4.signature(v4.signingKey(token.accessKeySecret, scope), text);
	const search = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
	return {
		url: `${oss.url}/${bucket}/${key}?${search}`,
		headers: {
			...all,
			authorization: `${v4.ALGORITHM} Credential=${token.accessKeyId}/${v4.scopeOf(scope)},Signature=${signature}`,
		},
	};
}

/** Of this browser, and of a diagnosis that writes nothing: no set-up is to blame. */
const ALWAYS = ['storage-evictable', 'expose-untried'];

/** What was found beside what is well, and what is always so. */
const wrongIn = ({ findings }: Seen): readonly string[] =>
	findings
		.filter(({ severity, code }) => severity !== 'ok' && !ALWAYS.includes(code))
		.map(({ code }) => code)
		.sort();

const wellIn = ({ findings }: Seen): readonly string[] =>
	findings
		.filter(({ severity }) => severity === 'ok')
		.map(({ code }) => code)
		.sort();

const everyTime = (action: FaultAction, rule: Omit<FaultRule, 'action'> = {}): FaultRule => ({
	...rule,
	times: 'always',
	action,
});
const status = (code: number, ossCode: string, ec?: string, rule: Omit<FaultRule, 'action'> = {}) =>
	everyTime({ type: 'status', status: code, code: ossCode, ...(ec && { ec }) }, rule);

const [EVERYTHING] = DEFAULT_CORS as readonly [CorsRule];
const rule = (change: Partial<CorsRule>): EmulatorOptions => ({ cors: [{ ...EVERYTHING, ...change }] });
const without = (...methods: string[]): EmulatorOptions =>
	rule({ methods: EVERYTHING.methods.filter((method) => !methods.includes(method)) });
const SIGNING = [
	'authorization',
	'x-oss-content-sha256',
	'x-oss-date',
	'x-oss-security-token',
	'content-type',
];
const hiding = (...names: string[]): EmulatorOptions =>
	rule({ expose: EVERYTHING.expose.filter((name) => !names.includes(name)) });
const POLICY = ['oss:PutObject', 'oss:GetObject', 'oss:ListParts', 'oss:AbortMultipartUpload'] as const;
const allowedBut = (...actions: string[]): MintOptions => ({
	policy: [...POLICY, 'oss:DeleteObject' as const].filter((action) => !actions.includes(action)),
});
/** Deadlines of seconds pass at once. */
const HASTY = 'const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, ms >= 5000 ? 50 : ms)';
/** They pass soon, and leave time to what is answered. */
const PATIENT = HASTY.replace('? 50', '? 1000');
const gone = (what: string, name: string) =>
	`Object.defineProperty(${what}, '${name}', { value: undefined })`;
const WRITE = { write: { prefix: 'diagnosis/', delete: true } };

describe('a sound set-up', () => {
	test('nothing is wrong, and nothing is written', async () => {
		const seen = await diagnose({});
		expect(wrongIn(seen)).toEqual([]);
		expect(seen.ok).toBe(true);
		expect(wellIn(seen)).toEqual(['browser-ok', 'cors-ok', 'credentials-ok', 'rights-ok']);
		const sent = oss.requests.filter(({ operation }) => operation !== 'Preflight');
		expect(sent.filter(({ stored }) => stored)).toEqual([]);
		expect(sent.filter(({ uploadId }) => uploadId === undefined)).toEqual([]);
		expect(oss.uploads(bucket)).toEqual([]);
	});

	test('what is asked for is written, and removed', async () => {
		const seen = await diagnose({ diagnose: WRITE });
		expect(wrongIn(seen)).toEqual([]);
		expect(wellIn(seen)).toEqual(['browser-ok', 'cors-ok', 'credentials-ok', 'rights-ok', 'write-ok']);
		const put = oss.requests.find(({ operation }) => operation === 'PutObject');
		expect(put?.key).toMatch(/^diagnosis\/oss-resumable-upload-/);
		expect(await oss.object(bucket, put?.key ?? '')).toBeUndefined();
		expect(oss.uploads(bucket)).toEqual([]);
	});

	test('with a server that signs', async () => {
		const seen = await diagnose({ signRequest: '(request) => sign({ ...request, signal: undefined })' });
		expect(wrongIn(seen)).toEqual([]);
		expect(wellIn(seen)).toEqual(['browser-ok', 'cors-ok', 'rights-ok']);
	});

	test('that has a bad moment: a lost connection, a busy bucket', async () => {
		const faults: readonly FaultRule[] = [
			{ operation: 'ListParts', occurrence: 2, times: 1, action: { type: 'drop-reply' } },
			{ operation: 'UploadPart', occurrence: 3, times: 1, action: { type: 'status', status: 503 } },
		];
		expect(wrongIn(await diagnose({ faults }))).toEqual([]);
		const struck = oss.requests.filter(
			({ faulted, authorization }) => faulted && authorization === 'v4-header',
		);
		expect(struck.map(({ operation }) => operation)).toEqual(['ListParts', 'UploadPart']);
	});

	test('by XMLHttpRequest', async () => {
		expect(wrongIn(await diagnose({ more: 'transport: oss.xhrTransport()' }))).toEqual([]);
	});
});

test.each([
	['none', 'checkpoints: false', 'false'],
	['those in memory', 'checkpoints: oss.memoryCheckpoints()', 'memoryCheckpoints()'],
])(
	'checkpoints, %s: that they end with the page is said, and nothing of a storage that no upload uses',
	async (_, more, names) => {
		const { findings } = await diagnose({ more });
		const of = (code: string) => findings.find((each) => each.code === code);
		expect(of('storage-off')?.message).toContain(names);
		expect(of('storage-evictable')).toBeUndefined();
		expect(of('browser-ok')?.evidence).not.toMatch(/storage/);
	},
);

type Row = readonly [what: string, setUp: SetUp, codes: readonly string[]];

const THE_WAY: readonly Row[] = [
	['another region', { options: { region: 'cn-beijing' } }, ['region-wrong']],
	[
		'the endpoint of another region',
		{ faults: [status(403, 'AccessDenied', '0003-00001403')] },
		['region-wrong'],
	],
	['no such bucket', { options: { bucket: 'otherbucket' } }, ['bucket-missing']],
	[
		'a public endpoint that is closed to the account',
		{ faults: [everyTime({ type: 'public-endpoint-forbidden' })] },
		['endpoint-public-forbidden'],
	],
	['no acceleration', { faults: [status(403, 'TransferAccelerationDisabled')] }, ['accelerate-off']],
	['an account that is disabled', { faults: [status(403, 'UserDisable')] }, ['account-disabled']],
	['hotlink protection', { faults: [status(403, 'AccessDenied', '0003-00000502')] }, ['referer-refused']],
	[
		'signature version 1',
		{ options: { signatureVersion: 'v1' }, faults: [status(403, 'AccessDenied', '0002-00000080')] },
		['signature-version-closed'],
	],
	['OSS that is busy', { faults: [status(503, 'ServiceUnavailable')] }, ['oss-busy']],
	['something that nobody has words for', { faults: [status(400, 'InvalidEncryption')] }, ['oss-refused']],
	['nobody at the address', { wreck: (emulator) => void emulator.close() }, ['endpoint-unreachable']],
	['a name without an address', { options: { endpoint: 'https://oss.invalid' } }, ['endpoint-unreachable']],
	[
		'a domain of its own without a certificate',
		{ endpoint: (emulator) => emulator.url.replace('http:', 'https:'), options: { cname: true } },
		['endpoint-unreachable'],
	],
	[
		"the page's own policy",
		{ policy: () => "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'" },
		['policy-blocks'],
	],
	['a captive portal', { faults: [everyTime({ type: 'answer-as', as: 'html' })] }, ['answer-foreign']],
	['a redirect', { faults: [everyTime({ type: 'answer-as', as: 'redirect' })] }, ['answer-foreign']],
	['an empty answer', { faults: [everyTime({ type: 'answer-as', as: 'empty' })] }, ['answer-foreign']],
	['an endpoint that is silent', { faults: [everyTime({ type: 'hang' })], page: HASTY }, ['endpoint-silent']],
	...[{}, WRITE].map((diagnose): Row => {
		const faults = [everyTime({ type: 'hang' }, { method: 'HEAD' })];
		const what = `something that keeps HEAD for itself${diagnose === WRITE ? ', and an object that is put' : ''}`;
		return [what, { faults, page: PATIENT, diagnose }, ['head-foreign']];
	}),
	[
		'the same, and no rule',
		{
			emulator: { cors: false },
			faults: [everyTime({ type: 'hang' }, { method: 'HEAD' })],
			page: PATIENT,
		},
		['endpoint-silent'],
	],
];

const CORS: readonly Row[] = [
	['none', { emulator: { cors: false } }, ['cors-origin']],
	['of another page', { emulator: rule({ origins: ['https://other.example'] }) }, ['cors-origin']],
	...EVERYTHING.methods.map(
		(method): Row => [`without ${method}`, { emulator: without(method) }, ['cors-method']],
	),
	['without PUT and POST', { emulator: without('PUT', 'POST') }, ['cors-method']],
	...SIGNING.map((name): Row => {
		const headers = [...SIGNING.filter((each) => each !== name), 'content-md5'];
		return [`without ${name}`, { emulator: rule({ headers }) }, ['cors-header']];
	}),
	['with the headers of few options', { emulator: rule({ headers: SIGNING }) }, ['cors-headers-few']],
	[
		'in two rules that do not add up',
		{
			emulator: {
				cors: [
					{ ...EVERYTHING, headers: SIGNING.slice(0, 2) },
					{ ...EVERYTHING, headers: SIGNING.slice(2) },
				],
			},
		},
		['cors-rules-apart'],
	],
	['that hides ETag', { emulator: hiding('ETag'), diagnose: WRITE }, ['expose-etag']],
	['that hides the CRC64', { emulator: hiding('x-oss-hash-crc64ecma'), diagnose: WRITE }, ['expose-crc64']],
	['that hides the request id', { emulator: hiding('x-oss-request-id') }, ['expose-request-id']],
	[
		'that hides all',
		{ emulator: rule({ expose: [] }), diagnose: WRITE },
		['expose-crc64', 'expose-etag', 'expose-request-id'],
	],
];

const CREDENTIALS: readonly Row[] = [
	[
		'a provider that throws',
		{ getCredentials: "() => { throw new Error('no session') }" },
		['credentials-failed'],
	],
	[
		'a provider that tells what it should not',
		{
			getCredentials:
				"() => { throw new Error('No: ' + token.securityToken + ' of ' + token.accessKeySecret) }",
		},
		['credentials-failed'],
	],
	['an endpoint that refuses', { getCredentials: "oss.credentialsFrom('/sts')" }, ['credentials-failed']],
	[
		'an endpoint that cannot be reached',
		{ getCredentials: "() => fetch('https://sts.invalid/').then((answer) => answer.json())" },
		['credentials-unreachable'],
	],
	['another shape', { getCredentials: '() => ({ key: token.accessKeyId })' }, ['credentials-shape']],
	[
		'a provider that hangs',
		{ getCredentials: '() => new Promise(() => {})', page: HASTY },
		['credentials-late'],
	],
	[
		'a slow provider',
		{
			getCredentials:
				'() => { const now = performance.now; performance.now = () => now.call(performance) + 4000; return token }',
		},
		['credentials-slow'],
	],
	['a token that has ended', { mint: { ttlSeconds: -60 } }, ['credentials-rejected']],
	[
		'a token that was kept too long, and a new one',
		{ getCredentials: "() => calls++ ? token : { ...token, securityToken: 'old' }" },
		['credentials-stale'],
	],
	['another secret', { getCredentials: "() => ({ ...token, accessKeySecret: 'x' })" }, ['signature-wrong']],
	['a token that ends soon', { mint: { ttlSeconds: 60 } }, ['credentials-short']],
	[
		'a token without end',
		{ getCredentials: '() => ({ ...token, expiration: undefined })' },
		['credentials-endless'],
	],
	[
		'an expiration in another time zone',
		{ getCredentials: '() => ({ ...token, expiration: Date.parse(token.expiration) - 8 * 3600_000 })' },
		['credentials-ended'],
	],
	[
		'a permanent key',
		{
			getCredentials:
				"() => ({ accessKeyId: 'emulator-access-key-id', accessKeySecret: 'emulator-access-key-secret' })",
		},
		['credentials-permanent'],
	],
	['no right to put', { mint: allowedBut('oss:PutObject') }, ['right-put']],
	['no right to list', { mint: allowedBut('oss:ListParts') }, ['right-list']],
	['no right to abort', { mint: allowedBut('oss:AbortMultipartUpload') }, ['right-abort']],
	['no right to read', { mint: allowedBut('oss:GetObject'), diagnose: WRITE }, ['right-head']],
	['no right to delete', { mint: allowedBut('oss:DeleteObject'), diagnose: WRITE }, ['object-left']],
	[
		'a signing server that throws',
		{ signRequest: "() => { throw new Error('no') }" },
		['credentials-failed'],
	],
	['a signing server that answers nonsense', { signRequest: '() => ({ link: 1 })' }, ['credentials-shape']],
	[
		'a signing server whose headers CORS refuses',
		{
			emulator: rule({
				headers: ['x-oss-*', 'content-type', 'content-md5', 'cache-control', 'content-disposition'],
			}),
			signRequest: '(request) => sign({ ...request, signal: undefined })',
		},
		['cors-header'],
	],
	['a clock that is an hour behind', { emulator: { now: () => Date.now() + 3600_000 } }, ['clock-wrong']],
	['a clock that is an hour ahead', { emulator: { now: () => Date.now() - 3600_000 } }, ['clock-wrong']],
];

const WRITING: readonly Row[] = [
	['an object that stays', { diagnose: { write: { prefix: 'diagnosis/' } } }, ['object-left']],
	[
		'an upload that cannot be aborted',
		{ mint: allowedBut('oss:AbortMultipartUpload'), diagnose: WRITE },
		['right-abort', 'upload-left'],
	],
	[
		'an object that is not there',
		{ faults: [status(404, 'NoSuchKey', undefined, { operation: 'HeadObject' })], diagnose: WRITE },
		['write-unseen'],
	],
	[
		'a proxy that takes the object',
		{
			faults: [everyTime({ type: 'answer-as', as: 'empty' }, { operation: 'PutObject' })],
			diagnose: WRITE,
		},
		['answer-foreign'],
	],
];

const BROWSER: readonly Row[] = [
	['no IndexedDB', { page: gone('window', 'indexedDB') }, ['storage-fails']],
	['no checkpoints', { options: { checkpoints: false } }, ['storage-off']],
	['no Web Locks', { page: gone('navigator', 'locks') }, ['locks-missing']],
	[
		'no worker',
		{ page: "window.Worker = class { constructor() { throw new Error('no') } }" },
		['worker-missing'],
	],
	[
		'no WebAssembly',
		{ policy: ({ url }) => `default-src 'self'; connect-src 'self' ${url}` },
		['wasm-missing'],
	],
	['no BroadcastChannel', { page: 'window.BroadcastChannel = undefined' }, ['channel-missing']],
	['no wake lock', { page: 'delete Navigator.prototype.wakeLock' }, ['wake-lock-missing']],
	['no file handles', { page: 'delete window.showOpenFilePicker' }, ['handles-missing']],
	[
		'plain http',
		{ page: "Object.defineProperty(window, 'isSecureContext', { value: false })" },
		['context-insecure'],
	],
	['too many requests at once', { options: { parallel: 20 } }, ['connections-few']],
	[
		'a service worker',
		{
			page: "Object.defineProperty(navigator.serviceWorker, 'controller', { value: { scriptURL: '/sw.js' } })",
		},
		['service-worker'],
	],
];

const TWO: readonly Row[] = [
	[
		'another region, and no DELETE in the rule',
		{ options: { region: 'cn-beijing' }, emulator: without('DELETE') },
		['cors-method', 'region-wrong'],
	],
	[
		'a provider that throws, and no rule',
		{ getCredentials: "() => { throw new Error('no session') }", emulator: { cors: false } },
		['cors-origin', 'credentials-failed'],
	],
	[
		'the clock, and no right to list',
		{ emulator: { now: () => Date.now() + 3600_000 }, mint: allowedBut('oss:ListParts') },
		['clock-wrong', 'right-list'],
	],
	[
		'no worker, and no bucket',
		{ page: 'window.Worker = undefined', options: { bucket: 'otherbucket' } },
		['bucket-missing', 'worker-missing'],
	],
	[
		'a token that ends soon, and a hidden CRC64',
		{ mint: { ttlSeconds: 60 }, emulator: hiding('x-oss-hash-crc64ecma'), diagnose: WRITE },
		['credentials-short', 'expose-crc64'],
	],
	[
		'another shape, and nobody at the address',
		{ getCredentials: '() => ({})', wreck: (emulator) => void emulator.close() },
		['credentials-shape', 'endpoint-unreachable'],
	],
	[
		'a header that is missing, and a token that has ended',
		{ emulator: rule({ headers: SIGNING }), mint: { ttlSeconds: -60 } },
		['cors-headers-few', 'credentials-rejected'],
	],
];

describe.each([
	['the way to the bucket', THE_WAY],
	['a CORS rule', CORS],
	['credentials and the clock', CREDENTIALS],
	['what is written', WRITING],
	['this browser', BROWSER],
	['two at once', TWO],
])('%s', (_, rows) => {
	test.each(rows)('%s', async (_what, setUp, codes) => {
		const seen = await diagnose(setUp);
		expect(wrongIn(seen)).toEqual(codes);
		for (const { evidence, message, fix } of seen.findings) {
			expect(evidence).not.toBe('');
			expect(`${message} ${fix}`).not.toMatch(/undefined|\{\w+\}/);
		}
		expect(seen.ok).toBe(seen.findings.every(({ severity }) => severity !== 'error'));
	});
});
