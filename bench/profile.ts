/** How the sink answers: the line between the browser and it. */
export interface Profile {
	/** Computes the CRC64 of what it is sent, and says it, as OSS does. */
	readonly hashes: boolean;
	/** Added before each answer, the preflight's too. */
	readonly latencyMs: number;
	/** Bytes a second over all connections; 0: as fast as it can. */
	readonly lineRate: number;
	/** Bytes a second of each connection; 0: as fast as it can. */
	readonly connectionRate: number;
}

const MBIT = 1_000_000 / 8;

export const LOOPBACK: Profile = { hashes: true, latencyMs: 0, lineRate: 0, connectionRate: 0 };
export const LOOPBACK_WITHOUT_HASHING: Profile = { ...LOOPBACK, hashes: false };
export const LINE_400_MBIT: Profile = { ...LOOPBACK, lineRate: 400 * MBIT };
export const LINE_100_MBIT: Profile = { ...LOOPBACK, lineRate: 100 * MBIT };
export const WIDE_AREA: Profile = { ...LOOPBACK, latencyMs: 50, connectionRate: 20 * MBIT };
export const FAR: Profile = { ...LOOPBACK, latencyMs: 50 };
export const LINE_400_MBIT_50_MS: Profile = { ...LINE_400_MBIT, latencyMs: 50 };
export const LINE_400_MBIT_200_MS: Profile = { ...LINE_400_MBIT, latencyMs: 200 };
export const LINE_2_MBIT: Profile = { ...LOOPBACK, lineRate: 2 * MBIT };

/** What the sink has seen since it was last asked to forget. */
export interface Seen {
	/** Bytes of bodies of UploadPart and PutObject, those of cut requests too. */
	readonly received: number;
	/** Bytes of parts that were sent though the same upload held them. */
	readonly sentAgain: number;
	readonly partsStored: number;
	/** Bodies that are being received. */
	readonly underWay: number;
	/** When the first byte of a part arrived, milliseconds since 1970; undefined: none did. */
	readonly firstByteAt: number | undefined;
	/** Seconds of processor time that the sink took. */
	readonly cpuSeconds: number;
}

export type ToSink =
	| { readonly type: 'profile'; readonly profile: Profile }
	| { readonly type: 'forget' }
	/** Every part of every upload but these counts as stored, of the size that the others have. */
	| {
			readonly type: 'pretend';
			readonly partCount: number;
			readonly partSize: number;
			readonly without: readonly number[];
	  }
	| { readonly type: 'ask' };

export type FromSink =
	| { readonly type: 'listening'; readonly url: string }
	| { readonly type: 'done' }
	| { readonly type: 'seen'; readonly seen: Seen };
