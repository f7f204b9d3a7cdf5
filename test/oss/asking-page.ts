import { afterEach, beforeEach, expect } from 'vitest';
import { type CorsRule, DEFAULT_CORS, type Emulator, startEmulator } from '../../emulator/index.js';
import { loadSha256 } from '../../src/browser/sha256.js';
import type { ObjectSettings } from '../../src/core/model.js';
import type { Remote, TransportRequest } from '../../src/core/ports.js';
import { createOssClient, type OssClient, type OssClientOptions } from '../../src/oss/client.js';
import { resolveEndpoint } from '../../src/oss/endpoint.js';
import { ManualClock } from '../manual-clock.js';
import { BrowserLikeTransport } from './browser-like-transport.js';
import { failure } from './failure.js';
import { OPERATIONS, type OperationName, signal } from './speaking.js';

export const [EVERYTHING] = DEFAULT_CORS as readonly [CorsRule];
/** Of a V4 request with a token. */
export const SIGNING = ['authorization', 'x-oss-content-sha256', 'x-oss-date', 'x-oss-security-token'];

export const without = (...methods: string[]): CorsRule => ({
	...EVERYTHING,
	methods: EVERYTHING.methods.filter((method) => !methods.includes(method)),
});
export const allowing = (...headers: string[]): CorsRule => ({ ...EVERYTHING, headers });

/** A page of another origin than the bucket's, whose rules are changed as one goes; one of each for each test. */
export class AskingPage {
	oss!: Emulator;
	transport!: BrowserLikeTransport;

	constructor() {
		beforeEach(async () => {
			this.oss = await startEmulator();
			this.transport = new BrowserLikeTransport();
			await this.oss.putObject('examplebucket', 'k', 'there before');
		});
		afterEach(async () => {
			for (const probe of this.probes) expectHarmless(probe);
			expect(await this.oss.object('examplebucket', 'k')).toMatchObject({ size: 12 });
			expect(this.oss.uploads('examplebucket')).toEqual([]);
			await this.oss.close();
		});
	}

	get probes(): readonly TransportRequest[] {
		return this.transport.sent.filter(({ url }) => url.includes('cors-probe'));
	}

	client(more: Partial<OssClientOptions> = {}): OssClient {
		const credentials = this.oss.mintCredentials();
		return createOssClient({
			bucket: 'examplebucket',
			endpoint: resolveEndpoint({
				bucket: 'examplebucket',
				region: 'cn-hangzhou',
				endpoint: this.oss.url,
			}),
			loadSha256,
			getCredentials: () => credentials,
			transport: this.transport,
			clock: new ManualClock(Date.now()),
			...more,
		});
	}

	object(of: OssClient = this.client(), headers: ObjectSettings['headers'] = {}, key = 'k'): Remote {
		return of.forObject(key, { headers, guessedContentType: 'text/plain', verify: 'none' });
	}

	/** A request that gets no answer, and what is then found out. */
	async looks(name: OperationName, object: Remote = this.object()): Promise<unknown> {
		expect(await failure(OPERATIONS[name](object))).toMatchObject({ code: 'Network' });
		return object.missingCors(name, signal);
	}

	/** The same where the connection was lost, and is there again. */
	async lost(name: OperationName, object: Remote): Promise<void> {
		const { loses } = this.transport;
		this.transport.loses = () => true;
		expect(await failure(OPERATIONS[name](object))).toMatchObject({ code: 'Network' });
		this.transport.loses = loses;
	}
}

/** A bare key would write or delete the object, `?uploads` would begin an upload, a secret would be told. */
function expectHarmless({ method, url, headers, body }: TransportRequest): void {
	const search = method === 'PUT' ? '?partNumber=1&uploadId=cors-probe' : '?uploadId=cors-probe';
	expect(new URL(url).search).toBe(search);
	expect(body).toBeUndefined();
	for (const [name, value] of Object.entries(headers)) {
		if (name !== 'content-type') expect(value).toBe('probe');
	}
}
