import { abortable } from '../abortable.js';
import type { Clock } from '../core/ports.js';
import { askProvider, isAnswer, unexpected } from './provider.js';

/** A temporary access key of STS, or a permanent one, which has no place in a browser. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string | undefined;
	/** ISO 8601, a Date, or milliseconds since 1970; unknown when absent: refreshed only once OSS rejects them. */
	readonly expiration?: string | Date | number | undefined;
}

/** As STS's AssumeRole answers it. */
export interface StsCredentials {
	readonly AccessKeyId: string;
	readonly AccessKeySecret: string;
	readonly SecurityToken: string;
	readonly Expiration?: string | undefined;
}

/** What `getCredentials` may answer: our own names, ali-oss's `stsToken`, or STS's JSON as it came. */
export type CredentialsAnswer =
	| Credentials
	| (Omit<Credentials, 'securityToken'> & { readonly stsToken: string })
	| StsCredentials
	| { readonly Credentials: StsCredentials };

/** Why it is asked: `initial` the first time, `expiring` before the last ones end, `rejected` when OSS refused them. */
export type CredentialsReason = 'initial' | 'expiring' | 'rejected';

export interface CredentialsRequest {
	readonly bucket: string;
	/** The object they are needed for first. */
	readonly key: string;
	readonly reason: CredentialsReason;
	/** Aborted when nobody waits any more: after 30 s, or when the uploader is closed. */
	readonly signal: AbortSignal;
}

/** Asks the app's own server for a token. */
export type GetCredentials = (request: CredentialsRequest) => CredentialsAnswer | Promise<CredentialsAnswer>;

export interface CredentialsOptions {
	readonly getCredentials: GetCredentials;
	/** One token for all objects, or one for each key. @default 'uploader' */
	readonly credentialsFor?: 'uploader' | 'key' | undefined;
	readonly bucket: string;
	readonly clock: Clock;
	/** Milliseconds since 1970, by OSS's clock. */
	readonly serverNow: () => number;
}

export interface CredentialsCache {
	/** Rejects with `Credentials`, or with `signal.reason`, which ends no flight that others wait for. */
	get(key: string, signal: AbortSignal): Promise<Credentials>;
	/** OSS refused `used`. Many requests may say so of the same ones: that makes one call. */
	reject(key: string, used: Credentials): void;
	/** Ends what is being asked. */
	close(): void;
}

interface Slot {
	current?:
		| { readonly credentials: Credentials; readonly expiresAt: number; readonly fetchedAt: number }
		| undefined;
	flight?: Promise<Credentials> | undefined;
	/** Why the next ones will be asked for. */
	reason: CredentialsReason;
}

/**
 * OSS looks at a token when a request arrives, so the margin covers a slow start and no transfer. A tenth of the life
 * leaves a token of 5 s useful for 4.5 s, and 5 minutes are enough for one of 12 hours.
 */
const marginOf = (life: number): number => Math.min(life / 10, 5 * 60_000);

export function createCredentials(options: CredentialsOptions): CredentialsCache {
	const { getCredentials, credentialsFor, bucket, clock, serverNow } = options;
	const closing = new AbortController();
	const slots = new Map<string, Slot>();
	const slotOf = (key: string): Slot => {
		const name = credentialsFor === 'key' ? key : '';
		const slot = slots.get(name) ?? { reason: 'initial' };
		slots.set(name, slot);
		return slot;
	};

	const isDue = ({ expiresAt, fetchedAt }: NonNullable<Slot['current']>): boolean => {
		const left = expiresAt - serverNow();
		// Computed anew each time: the skew may have been learned only after they came.
		const life = left + (clock.now() - fetchedAt);
		// Expired on arrival means that a clock is wrong, theirs or ours. OSS's own word decides then; asking again
		// for every request would not help.
		return life > 0 && left < marginOf(life);
	};

	const fetch = async (slot: Slot, key: string): Promise<Credentials> => {
		const { reason } = slot;
		try {
			const ask = (signal: AbortSignal) => getCredentials({ bucket, key, reason, signal });
			const credentials = await askProvider('getCredentials', ask, readCredentials, clock, closing.signal);
			const expiresAt = Number(credentials.expiration ?? Number.POSITIVE_INFINITY);
			slot.current = { credentials, expiresAt, fetchedAt: clock.now() };
			slot.reason = 'expiring';
			return credentials;
		} finally {
			slot.flight = undefined;
		}
	};

	return {
		async get(key, signal) {
			signal.throwIfAborted();
			const slot = slotOf(key);
			const { current } = slot;
			if (current && !isDue(current)) return current.credentials;
			slot.flight ??= fetch(slot, key);
			try {
				return await abortable(signal, slot.flight);
			} catch (error) {
				// An early refresh may fail as long as the old ones are good.
				const isGood = current && current === slot.current && current.expiresAt > serverNow();
				if (isGood && !signal.aborted) return current.credentials;
				throw error;
			}
		},
		reject(key, used) {
			const slot = slotOf(key);
			if (slot.current?.credentials !== used) return;
			slot.current = undefined;
			slot.reason = 'rejected';
		},
		close() {
			closing.abort();
		},
	};
}

/** Takes each of the accepted shapes; no error of it holds a value. */
export function readCredentials(answer: unknown): Credentials {
	const outer = isAnswer(answer) ? answer : {};
	const source = isAnswer(outer.Credentials) ? outer.Credentials : outer;
	const text = (...names: [string, ...string[]]): string | undefined => {
		const value = names.map((each) => source[each]).find((each) => each != null);
		// Visible ASCII only: `fetch` would refuse anything else in a header, and put it into its message.
		if (value === undefined || (typeof value === 'string' && /^[!-~]+$/.test(value))) return value;
		throw unexpected('getCredentials', `\`${names[0]}\` as text of visible ASCII characters`, value);
	};
	const needed = (...names: [string, ...string[]]): string => {
		const value = text(...names);
		if (value !== undefined) return value;
		throw unexpected(
			'getCredentials',
			`an object with \`${names[0]}\``,
			isAnswer(answer) ? undefined : answer,
		);
	};
	return {
		accessKeyId: needed('accessKeyId', 'AccessKeyId'),
		accessKeySecret: needed('accessKeySecret', 'AccessKeySecret'),
		securityToken: text('securityToken', 'SecurityToken', 'stsToken'),
		expiration: readExpiration(source.expiration ?? source.Expiration),
	};
}

function readExpiration(value: unknown): number | undefined {
	if (value == null) return undefined;
	const time = typeof value === 'string' ? Date.parse(value) : Number(value);
	// Below it stand seconds since 1970, which are not what was asked for.
	if (time > 1e11) return time;
	throw unexpected('getCredentials', '`expiration` as ISO 8601, Date or milliseconds since 1970', value);
}
