import { isUploadError, type UploadError } from '../base/errors.js';
import { systemClock } from '../browser/clock.js';
import { quotation } from '../oss/quotation.js';
import type { Credentials, CredentialsAnswer, GetCredentials } from '../oss/signing/credentials.js';
import { readCredentials } from '../oss/signing/credentials-answer.js';
import { isNetworkFailure } from '../oss/signing/network-failure.js';
import { askProvider, unexpected } from '../oss/signing/provider.js';
import type { Findings } from './finding.js';
import type { Subject } from './subject.js';

/** Seconds. */
const SLOW_S = 3;
/** Seconds that a token should live for when it is handed out: STS gives 900 at least. */
const SHORT_S = 120;

/** What the app's function did, seen from outside of whatever calls it. */
class Witness {
	answered = false;
	threw: unknown;
	/** Milliseconds. */
	took = 0;

	/** The function, watched. */
	watch<A extends readonly unknown[], T>(
		provider: (...asked: A) => T | Promise<T>,
	): (...asked: A) => Promise<T> {
		return async (...asked) => {
			const from = performance.now();
			this.answered = false;
			this.threw = undefined;
			try {
				const answer = await provider(...asked);
				this.answered = true;
				return answer;
			} catch (error) {
				this.threw = error;
				throw error;
			} finally {
				this.took = performance.now() - from;
			}
		};
	}
}

/** `credentialsFrom` was answered, and threw since that was no credentials. */
const isOtherAnswer = (threw: unknown): boolean =>
	isUploadError(threw) && threw.code === 'Credentials' && !threw.cause && (threw.status ?? 200) < 300;

/** Whoever signs: asked once here, and what was answered goes to all that is sent. */
export class Provider {
	/** The uploader's options, with the functions watched. */
	readonly options: Subject;
	credentials: Credentials | undefined;
	readonly #findings: Findings;
	readonly #witness = new Witness();
	readonly #name: string;
	readonly #getCredentials: GetCredentials | undefined;
	#first: CredentialsAnswer | undefined;

	constructor(options: Subject, findings: Findings) {
		const { getCredentials, signRequest } = options;
		this.#findings = findings;
		this.#name = getCredentials ? 'getCredentials' : 'signRequest';
		this.#getCredentials = getCredentials && this.#witness.watch(getCredentials);
		this.options = {
			...options,
			getCredentials: this.#getCredentials && this.#firstThen(this.#getCredentials),
			signRequest: signRequest && this.#witness.watch(signRequest),
		};
	}

	/** Whether there are credentials, or a server that signs. */
	async prepare(key: string, signal: AbortSignal): Promise<boolean> {
		const { options } = this;
		const ask = this.#getCredentials;
		if (!ask) return true;
		const request = { bucket: options.bucket, key, reason: 'initial' } as const;
		try {
			const read = (answer: unknown) => {
				this.#first = answer as CredentialsAnswer;
				return readCredentials(answer, 'getCredentials', unexpected);
			};
			this.credentials = await askProvider(
				this.#name,
				(asked) => ask({ ...request, signal: asked }),
				read,
				systemClock,
				signal,
			);
			return true;
		} catch (error) {
			if (!isUploadError(error)) throw error;
			this.tellFailure(error);
			return false;
		}
	}

	/** `asked`: what it was to be for, if it was for one request. */
	tellFailure(error: UploadError, asked = ''): void {
		const { answered, threw } = this.#witness;
		const cause = threw ?? error;
		const code =
			answered || isOtherAnswer(threw)
				? 'credentials-shape'
				: threw === undefined
					? 'credentials-late'
					: isNetworkFailure(threw)
						? 'credentials-unreachable'
						: 'credentials-failed';
		const said =
			cause instanceof Error || isUploadError(cause) ? `${cause.name}: ${cause.message}` : typeof cause;
		this.#findings.add(code, asked + quotation(answered ? error.message : said, 300));
	}

	/** What OSS cannot say of credentials that it refused. */
	get lack(): string {
		return this.credentials && !this.credentials.securityToken ? '; they had no securityToken' : '';
	}

	/** `skewMs`: how far OSS's clock was seen to be ahead of this machine's; `isAccepted`: something was let through. */
	tellLife(skewMs: number, isAccepted: boolean): void {
		const { credentials } = this;
		const findings = this.#findings;
		const seconds = Math.round(this.#witness.took / 1000);
		if (seconds >= SLOW_S)
			findings.add('credentials-slow', `It took ${Math.round(this.#witness.took)} ms`, { seconds });
		if (!credentials) return;
		const { accessKeyId, securityToken, expiration } = credentials;
		// One of STS is temporary, and was answered without its token: OSS refuses it.
		if (!securityToken && !accessKeyId.startsWith('STS.'))
			findings.add('credentials-permanent', 'The answer has no security token');
		if (expiration === undefined) {
			if (securityToken) findings.add('credentials-endless', 'The answer has no expiration');
			return;
		}
		const left = Math.round((Number(expiration) - Date.now() - skewMs) / 1000);
		const evidence = `expiration ${new Date(Number(expiration)).toISOString()}, ${left} s from now by ${skewMs ? "OSS's" : "this machine's"} clock`;
		if (left <= 0) isAccepted && findings.add('credentials-ended', evidence);
		else if (left < SHORT_S) findings.add('credentials-short', evidence, { seconds: left });
		if (isAccepted && !findings.has(/^credentials-/)) findings.add('credentials-ok', evidence);
	}

	/** What was answered first is used until OSS refuses it. */
	#firstThen(getCredentials: GetCredentials): GetCredentials {
		return (request) => {
			const first = this.#first;
			this.#first = undefined;
			return first ?? getCredentials(request);
		};
	}
}
