import { BOOLEAN, shape, TEXT, withMethods } from './base/expect.js';
import { lazy } from './base/lazy.js';
import { pageOrigin } from './base/page.js';
import { Access } from './diagnosis/access.js';
import { openCors, signedNames } from './diagnosis/cors.js';
import { Provider } from './diagnosis/credentials.js';
import { Findings, type WordsModule } from './diagnosis/finding.js';
import { type Report, reportOf } from './diagnosis/report.js';
import { PATIENCE_S, Wire } from './diagnosis/wire.js';
import { optionsOf } from './inside.js';
import { expectKey } from './options.js';
import { resolveEndpoint } from './oss/endpoint.js';
import type { UploaderOptions } from './public-options.js';
import type { Uploader } from './public-uploader.js';

export type { Finding } from './diagnosis/finding.js';
export type { Report } from './diagnosis/report.js';
export type { Code as FindingCode, Severity } from './diagnosis/words.js';

export interface DiagnoseOptions {
	/**
	 * What the keys of uploads begin with, such as `users/42/`, where the token is good for these alone. Nothing is written.
	 *
	 * @default `write.prefix`, else `''`
	 */
	readonly prefix?: string | undefined;
	/**
	 * Puts a tiny object under `prefix`, looks at it by HEAD, begins an upload of two parts and aborts it. With `delete: true`
	 * the object is deleted, which needs oss:DeleteObject; else a finding names it. Without `write` nothing is sent that
	 * could write.
	 */
	readonly write?: { readonly prefix: string; readonly delete?: boolean | undefined } | undefined;
	readonly signal?: AbortSignal | undefined;
}

/**
 * Finds out whether uploads of this uploader will work here, and if not, what mends it: the way to the bucket, its CORS rule,
 * the credentials and their rights, the clock, the browser. Each finding is of something that was answered or tried.
 * `String(report)` is for the console, and holds no secret.
 *
 * Asks `getCredentials` or `signRequest` anew, and goes on beside uploads that run; after `close()` too.
 *
 * @throws TypeError for what `createUploader` did not answer, also by another copy of this library
 */
export async function diagnose(uploader: Uploader, options: DiagnoseOptions = {}): Promise<Report> {
	const made = optionsOf.get(uploader);
	if (!made) throw new TypeError(NOT_OURS);
	EXPECT_OPTIONS('options', options);
	const { write, prefix = '', signal = new AbortController().signal } = options;
	const key = `${write?.prefix ?? prefix}oss-resumable-upload-diagnosis-${Math.random().toString(36).slice(2)}`;
	expectKey(key);
	signal.throwIfAborted();
	// More than half of it all: an app that has a button for this loads it when the button is pressed.
	const words = await lazy(() => import('./diagnosis/words.js'))();
	return new Diagnosis(made, words, key, signal).run(write);
}

const NOT_OURS = 'Expected `uploader` to be what createUploader() of this copy of the library answered';

const EXPECT_OPTIONS = shape({
	prefix: TEXT,
	write: shape({ prefix: TEXT, delete: BOOLEAN }),
	signal: withMethods('throwIfAborted', 'pass controller.signal'),
});

/** One look at everything. */
class Diagnosis {
	readonly #made: UploaderOptions;
	readonly #key: string;
	readonly #signal: AbortSignal;
	/** Of the object. */
	readonly #address: string;
	/** Scheme, host and port. */
	readonly #endpoint: string;
	readonly #page: string = pageOrigin();
	readonly #findings: Findings;
	readonly #provider: Provider;
	readonly #wire: Wire;

	constructor(made: UploaderOptions, words: WordsModule, key: string, signal: AbortSignal) {
		this.#made = made;
		this.#key = key;
		this.#signal = signal;
		this.#address = resolveEndpoint(made).url(key, {});
		this.#endpoint = new URL(this.#address).origin;
		const { bucket, region, getCredentials } = made;
		const provider = getCredentials ? 'getCredentials' : 'signRequest';
		const names = { endpoint: this.#endpoint, page: this.#page };
		this.#findings = new Findings(words, { bucket, region, key, provider, seconds: PATIENCE_S, ...names });
		this.#provider = new Provider(made, this.#findings);
		this.#wire = new Wire(this.#provider.options, key, signal);
	}

	async run(write: DiagnoseOptions['write']): Promise<Report> {
		const findings = this.#findings;
		const { checkBrowser, checkConnections } = await lazy(() => import('./diagnosis/browser.js'))();
		const unwatch = watchPolicy(this.#endpoint, findings);
		try {
			await Promise.all([checkBrowser(this.#made, findings, this.#signal), this.#checkService(write)]);
		} finally {
			unwatch();
			this.#wire.close();
		}
		checkConnections(this.#made, findings, this.#endpoint);
		return reportOf(`${this.#made.bucket} at ${this.#endpoint}, from ${this.#page}`, findings.list());
	}

	async #checkService(write: DiagnoseOptions['write']): Promise<void> {
		const findings = this.#findings;
		const provider = this.#provider;
		const wire = this.#wire;
		const isReady = await provider.prepare(this.#key, this.#signal);
		const { securityToken } = provider.credentials ?? { securityToken: 'of STS, most likely' };
		const cors = await openCors(wire, findings, this.#signal);
		const canAsk = await cors.check(this.#address, signedNames(this.#made, Boolean(securityToken)));
		const access = new Access(wire, findings, provider, cors);
		if (!isReady) cors.tellRefusal();
		else if (canAsk) await access.check();
		const { done, isAllowed } = access;
		provider.tellLife(wire.skewMs(), done.size > 0);
		if (done.size === 0) return;
		if (!write) findings.add('expose-untried', 'Nothing was written');
		else if (done.has('UploadPart')) await this.#write(access, write.delete);
		if (isAllowed && !findings.has(/^right-(put|list|abort)/))
			findings.add('rights-ok', 'No such upload, each of them was told');
		// Then nothing tells what Complete needs.
		if (findings.has(/^right-list/)) findings.worsen('expose-etag');
	}

	async #write(access: Access, isToBeDeleted = false): Promise<void> {
		const { Writing } = await lazy(() => import('./diagnosis/writing.js'))();
		const isThere = await new Writing(this.#wire, this.#findings, access).check();
		if (!isThere) return;
		const left = isToBeDeleted ? await this.#remove() : '`delete` is not true';
		if (left) this.#findings.add('object-left', left);
	}

	async #remove(): Promise<string | undefined> {
		const { removeObject } = await lazy(() => import('./diagnosis/removal.js'))();
		const { options, credentials } = this.#provider;
		return removeObject(options, this.#wire, credentials, this.#key, this.#signal);
	}
}

/** The browser tells of what the page's policy refuses, apart from the request that failed. */
function watchPolicy(endpoint: string, findings: Findings): () => void {
	const watch = (event: Event) => {
		const { blockedURI = '', effectiveDirective } = event as SecurityPolicyViolationEvent;
		if (blockedURI.startsWith(endpoint))
			findings.add('policy-blocks', `${effectiveDirective} forbids ${endpoint}`);
	};
	globalThis.addEventListener?.('securitypolicyviolation', watch);
	return () => globalThis.removeEventListener?.('securitypolicyviolation', watch);
}
