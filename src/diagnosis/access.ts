import { type ServiceError, UploadError } from '../base/errors.js';
import type { Operation } from '../core/model.js';
import type { Remote } from '../core/ports.js';
import type { Cors } from './cors.js';
import type { Provider } from './credentials.js';
import type { Findings } from './finding.js';
import { type Refused, refusedAs } from './refusal.js';
import type { Outcome, Wire } from './wire.js';
import type { Code } from './words.js';

type Send = (remote: Remote, signal: AbortSignal) => Promise<unknown>;

/** `done`: it was let through. `failed`: others may not be; `out`: so would all others. Each but the first has its finding. */
export type Verdict = 'done' | 'denied' | 'failed' | 'out';

const IS_IN: ReadonlySet<Verdict> = new Set(['done', 'denied']);

/** No upload has it, so that whatever is asked of it changes nothing. */
const NO_UPLOAD = 'diagnosis';

const nothing = (): void => {};

/** Whoever takes it is not OSS. */
async function refused(answer: Promise<unknown>): Promise<void> {
	await answer;
	throw new UploadError('Service', 'An upload that does not exist was found');
}

/** What can be asked of an upload that does not exist: the method, the right that it needs, and what misses it. */
const QUESTIONS: readonly {
	readonly operation: Operation;
	readonly method: string;
	readonly denied: Code;
	readonly send: Send;
}[] = [
	{
		operation: 'ListParts',
		method: 'GET',
		denied: 'right-list',
		send: (remote, signal) => refused(remote.listParts(NO_UPLOAD, 0, signal)),
	},
	{
		operation: 'UploadPart',
		method: 'PUT',
		denied: 'right-put',
		send: (remote, signal) => {
			const part = {
				uploadId: NO_UPLOAD,
				partNumber: 1,
				bytes: new Blob([]),
				md5: undefined,
				onSent: nothing,
			};
			return refused(remote.uploadPart(part, signal));
		},
	},
	{
		operation: 'AbortMultipartUpload',
		method: 'DELETE',
		denied: 'right-abort',
		send: (remote, signal) => refused(remote.abort(NO_UPLOAD, signal)),
	},
];

/** Attempts at one question: the clock is learned by one, a token refused by another, a connection lost. */
const ATTEMPTS = 3;
const PASSING = /^(clock-wrong|credentials-rejected|oss-busy)$/;
/** Said of one request, and maybe not of the next. */
const OF_ONE = /^oss-/;

/** What signed requests are answered. */
export class Access {
	readonly #wire: Wire;
	readonly #findings: Findings;
	readonly #provider: Provider;
	readonly #cors: Cors;
	/** What was let through. */
	readonly done: Set<Operation> = new Set();

	constructor(wire: Wire, findings: Findings, provider: Provider, cors: Cors) {
		this.#wire = wire;
		this.#findings = findings;
		this.#provider = provider;
		this.#cors = cors;
	}

	/** Asks what can be asked without writing. */
	async check(): Promise<void> {
		for (const { operation, method, denied, send } of QUESTIONS) {
			if (!this.#cors.passing.has(method)) continue;
			const verdict = await this.ask(operation, denied, send);
			if (verdict === 'out') return;
			if (verdict === 'done') this.done.add(operation);
		}
	}

	get isAllowed(): boolean {
		return this.done.size === QUESTIONS.length;
	}

	/** What the uploader does too: it learns the clock, asks for another token, and tries again. */
	async ask(operation: Operation, denied: Code, send: Send): Promise<Verdict> {
		let stale: string | undefined;
		for (let attempt = 1; ; attempt++) {
			const outcome = await this.#wire.ask(send);
			const { code, evidence } = this.#refusalIn(outcome, operation);
			if (code === 'clock-wrong') this.#tellClock(evidence);
			const mayPass = outcome.type === 'unanswered' || PASSING.test(String(code));
			if (mayPass && attempt < ATTEMPTS) {
				if (code === 'credentials-rejected') stale = evidence;
				continue;
			}
			const verdict =
				outcome.type === 'refused'
					? this.#judge(outcome.error, { code, evidence }, denied)
					: await this.#tell(outcome, operation);
			if (stale && IS_IN.has(verdict)) this.#findings.add('credentials-stale', stale);
			return verdict;
		}
	}

	#refusalIn(outcome: Outcome<unknown>, operation: Operation): Refused {
		const { response } = this.#wire;
		return outcome.type === 'refused' && response
			? refusedAs(operation, response, this.#findings)
			: { code: undefined, evidence: '' };
	}

	#judge(error: ServiceError, { code, evidence }: Refused, denied: Code): Verdict {
		if (!code && /NoSuch/.test(error.ossCode ?? '')) return 'done';
		// A clock that was learned, and is refused all the same.
		const said = code === 'clock-wrong' ? 'oss-refused' : (code ?? denied);
		const lack = said === 'credentials-rejected' ? this.#provider.lack : '';
		this.#findings.add(said, evidence + lack, { advice: error.message });
		if (!code) return 'denied';
		return OF_ONE.test(code) ? 'failed' : 'out';
	}

	async #tell(
		outcome: Exclude<Outcome<unknown>, { type: 'refused' }>,
		operation: Operation,
	): Promise<Verdict> {
		const { request } = this.#wire;
		if (outcome.type === 'answered') return 'done';
		const evidence = `${operation}: ${this.#wire.seen()}`;
		const names = request?.method ?? '';
		// A server that signs may refuse one kind of request.
		if (outcome.type === 'provider') this.#provider.tellFailure(outcome.error, `${operation}: `);
		else if (outcome.type === 'unanswered') request && (await this.#cors.explain(request));
		else {
			const code = outcome.type === 'foreign' ? 'answer-foreign' : 'endpoint-silent';
			// Other methods were answered before one is sent.
			this.#findings.add(names === 'HEAD' ? 'head-foreign' : code, evidence, { names });
		}
		return this.#findings.has(/^credentials-late/) ? 'out' : 'failed';
	}

	#tellClock(evidence: string): void {
		const ahead = this.#wire.skewMs();
		const minutes = Math.round(Math.abs(ahead) / 60_000);
		this.#findings.add('clock-wrong', evidence, { minutes, side: ahead > 0 ? 'behind' : 'ahead of' });
	}
}
