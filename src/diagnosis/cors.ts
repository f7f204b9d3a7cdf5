import { lazy } from '../base/lazy.js';
import type { CorsLook, Look } from '../oss/cors-look.js';
import type { RequestKind } from '../oss/request-kind.js';
import type { Findings } from './finding.js';
import { refusedAs } from './refusal.js';
import type { Subject } from './subject.js';
import type { Wire } from './wire.js';
import type { Code } from './words.js';

const METHODS = ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'] as const;

/** Of options that not every app uses. */
const OPTIONAL = [
	'content-md5',
	'cache-control',
	'content-disposition',
	'x-oss-meta-probe',
	'x-oss-callback',
];

/** What is said of a request that nobody signed, or that is odd. */
const OF_SIGNER = /^(sign|cred|clock|oss-r)/;

/** Looks at the bucket's rule for all that uploads send, by requests that are not signed and can do nothing. */
export class Cors {
	readonly #wire: Wire;
	readonly #findings: Findings;
	readonly #look: CorsLook;
	readonly #signal: AbortSignal;
	/** Requests of these methods can be read. */
	readonly passing: Set<string> = new Set();

	constructor(wire: Wire, findings: Findings, look: CorsLook, signal: AbortSignal) {
		this.#wire = wire;
		this.#findings = findings;
		this.#look = look;
		this.#signal = signal;
	}

	/** Whether there is any use in sending more. */
	async check(address: string, names: readonly string[]): Promise<boolean> {
		const kinds = METHODS.map((method) => kindFor(address, method, names));
		if (!(await this.#answers(address))) return false;
		const [put, ...others] = kinds as [RequestKind, ...RequestKind[]];
		const first = await this.#look.at(put);
		if (this.#stops(put, first)) return false;
		const rest = await Promise.all(others.map((kind) => this.#look.at(kind)));
		const looks = [first, ...rest];
		this.#tellAnswerers(looks);
		this.#tellLacks(looks);
		if (this.passing.has('PUT')) await this.#checkOptional(put);
		if (this.passing.size === METHODS.length)
			this.#findings.add('cors-ok', `${METHODS.join(', ')} were answered`);
		return this.passing.size > 0;
	}

	/** A refusal that is about more than a request, by what was answered to the one that nobody signed. */
	tellRefusal(): void {
		const { response } = this.#wire.latest.get('GET') ?? {};
		if (!response || !this.passing.has('GET')) return;
		const { code, evidence } = refusedAs('GET', response, this.#findings);
		if (code && !OF_SIGNER.test(code)) this.#findings.add(code, evidence);
	}

	#tellAnswerers(looks: readonly Look[]): void {
		const { latest } = this.#wire;
		const tell = (code: Code, isSo: (look: Look, method: string) => unknown, names?: string) => {
			const methods = METHODS.filter((method, at) => isSo(looks[at] as Look, method));
			const evidence = methods.map((method) => `${method}: ${this.#wire.seen(method)}`).join('; ');
			if (evidence) this.#findings.add(code, evidence, { names: names ?? methods.join(', ') });
			return methods;
		};
		const isForeign = ({ answerer }: Look, method: string) => answerer === 'somebody' && method !== 'HEAD';
		const isOfOss = looks.some(({ answerer }) => answerer === 'oss');
		// A HEAD has no body to know OSS by: it counts where OSS's answers show what they can.
		const isForeignHead = ({ answerer }: Look, method: string) =>
			isOfOss &&
			method === 'HEAD' &&
			(answerer === 'silent' || (answerer === 'somebody' && !this.#wire.hidesId));
		const others: string[] = [...tell('answer-foreign', isForeign), ...tell('head-foreign', isForeignHead)];
		const late = tell(
			'endpoint-silent',
			({ answerer }, method) => answerer === 'silent' && !others.includes(method),
		);
		const isHidden = ({ answerer }: Look, method: string) =>
			answerer === 'oss' && !latest.get(method)?.response?.header('x-oss-request-id');
		tell('expose-request-id', isHidden, 'x-oss-request-id');
		METHODS.forEach((method, at) => {
			if (looks[at]?.answerer !== 'nobody' && ![...others, ...late].includes(method))
				this.passing.add(method);
		});
	}

	/** Whether there is an answer, or at once none: what takes a request and is silent would be so many times. */
	async #answers(address: string): Promise<boolean> {
		const wire = this.#wire;
		await wire.transport.reaches(`${address}?uploadId=cors-probe`, this.#signal);
		if (!wire.keepsHead) return true;
		// It may be HEAD alone that something keeps.
		const { answerer } = await this.#look.at(kindFor(address, 'GET', []));
		const isHeard = answerer === 'oss' || answerer === 'somebody';
		if (!isHeard) this.#findings.add('endpoint-silent', 'HEAD: no answer', { names: 'HEAD' });
		return isHeard;
	}

	/** After a request of this kind got no answer that can be read. */
	async explain(kind: RequestKind): Promise<void> {
		const look = await this.#look.at(kind);
		this.#tellLacks([look]);
		if (!look.lack) this.#findings.add('line-frail', `${kind.method} got no answer`);
	}

	#stops({ method }: RequestKind, { answerer, lack }: Look): boolean {
		if (lack?.what === 'origin') {
			this.#findings.add('cors-origin', 'The host answers, and of no method can the answer be read');
			return true;
		}
		if (answerer === 'nobody' && !lack) {
			const { navigator, crossOriginIsolated } = globalThis;
			const here = `navigator.onLine is ${navigator?.onLine}; crossOriginIsolated is ${crossOriginIsolated}`;
			this.#findings.add('endpoint-unreachable', `${method}: ${this.#wire.seen(method)}; ${here}`);
			return true;
		}
		return false;
	}

	#tellLacks(looks: readonly Look[]): void {
		const namesOf = (what: string) => [
			...new Set(looks.flatMap(({ lack }) => (lack?.what === what ? lack.names : []))),
		];
		for (const what of ['origin', 'method', 'header', 'together'] as const) {
			const names = namesOf(what).join(', ');
			const code: Code = what === 'together' ? 'cors-rules-apart' : `cors-${what}`;
			if (names) this.#findings.add(code, `Requests with ${names} got no answer, others did`, { names });
		}
	}

	async #checkOptional(put: RequestKind): Promise<void> {
		const headers = Object.fromEntries(OPTIONAL.map((name) => [name, 'probe']));
		const { lack } = await this.#look.at({ ...put, headers: { ...put.headers, ...headers } });
		if (!lack) return;
		const names = lack.names.filter((name) => OPTIONAL.includes(name)).join(', ');
		this.#findings.add('cors-headers-few', `Requests with ${names} got no answer, those without did`, {
			names,
		});
	}
}

export async function openCors(wire: Wire, findings: Findings, signal: AbortSignal): Promise<Cors> {
	const { CorsLook } = await lazy(() => import('../oss/cors-look.js'))();
	return new Cors(wire, findings, new CorsLook(wire.transport, signal), signal);
}

/** Headers of a request that is signed here; a signing server's are known only once it was asked. */
export function signedNames({ getCredentials, signatureVersion }: Subject, hasToken: boolean): string[] {
	if (!getCredentials) return [];
	const v4 = signatureVersion === 'v1' ? [] : ['x-oss-content-sha256'];
	return ['authorization', 'x-oss-date', ...v4, ...(hasToken ? ['x-oss-security-token'] : [])];
}

/** PutObject, Initiate and Complete say what they carry. */
const kindFor = (address: string, method: string, names: readonly string[]): RequestKind => ({
	method,
	address,
	headers: {
		...Object.fromEntries(names.map((name) => [name, 'probe'])),
		...(method.startsWith('P') && { 'content-type': 'application/xml' }),
	},
});
