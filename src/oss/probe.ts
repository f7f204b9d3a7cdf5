import { abortable } from '../base/abortable.js';
import type { UploadError } from '../base/errors.js';
import type { Transport } from '../core/ports.js';
import { hostOf, preflightOf, type RequestKind } from './request-kind.js';

/** What the rule lacks, and what to add, in a sentence; or the redirect that is answered in OSS's place. */
type Cause = string | UploadError;

/** Which preflights pass, and what a bucket's CORS rule lacks for those that do not. */
export class CorsProbes {
	readonly #transport: Transport;
	/** Preflights that were seen to pass. */
	readonly #passed = new Set<string>();
	readonly #running = new Map<string, Promise<Cause | undefined>>();

	constructor(transport: Transport) {
		this.#transport = transport;
	}

	/** OSS has answered a request of this kind, so that nothing has to be asked of it any more. */
	answered(kind: RequestKind): void {
		this.#passed.add(preflightOf(kind));
	}

	/** Why no request of this kind is answered, as far as that shows. */
	async missing(kind: RequestKind, signal: AbortSignal): Promise<Cause | undefined> {
		const preflight = preflightOf(kind);
		while (!this.#passed.has(preflight)) {
			// Parts fail together: one look is enough for all.
			const running = this.#running.get(preflight);
			if (!running) return this.#begin(preflight, kind, signal);
			try {
				return await abortable(signal, running);
			} catch {
				// Whoever began it has left: somebody else begins anew.
				signal.throwIfAborted();
			}
		}
		return undefined;
	}

	#begin(preflight: string, kind: RequestKind, signal: AbortSignal): Promise<Cause | undefined> {
		const look = this.#look(kind, signal).finally(() => this.#running.delete(preflight));
		this.#running.set(preflight, look);
		return look;
	}

	/** Few pages ever look, so that it is loaded when one does. Where it cannot be had, nothing is known. */
	async #look(kind: RequestKind, signal: AbortSignal): Promise<Cause | undefined> {
		const loaded = await import('./cors-look.js').catch(() => undefined);
		if (!loaded) return undefined;
		const look = new loaded.CorsLook(this.#transport, signal);
		const { answerer, lack } = await look.at(kind);
		if (answerer === 'oss') this.answered(kind);
		// A rule that has let this page in is there: it is a gateway that answers without one, and will be over it.
		const isContradicted = lack?.what === 'origin' && this.#hasPassed(kind);
		return lack && !isContradicted ? loaded.sentenceOf(lack, kind.method) : look.redirect;
	}

	/** Whether any request to its host has. */
	#hasPassed(kind: RequestKind): boolean {
		const host = `${hostOf(kind)} `;
		return [...this.#passed].some((preflight) => preflight.startsWith(host));
	}
}
