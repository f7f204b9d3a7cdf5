import { abortable, withDeadline } from '../../base/abortable.js';
import { lazy } from '../../base/lazy.js';
import type { Digest } from '../model.js';
import type { Body, Octets, Slice } from '../ports.js';
import { fileChanged } from './file-changed.js';
import { fileSilent } from './file-silent.js';
import { localDigest } from './local-digest.js';
import type { PartRange } from './plan.js';
import { digesting, type Round } from './round.js';
import type { Destination } from './run.js';

const loadBodyComparison = lazy(() => import('./body-comparison.js'));

/**
 * Bytes: up to here a whole file is read once, into memory, and what is hashed is what is sent. Larger ones go out from the
 * disk, which is faster than by way of the page's memory, and are hashed beside it.
 */
const READ_ONCE_SIZE = 256 * 1024;

/** Milliseconds in which so little is read; and after which the file is looked at that is still being sent. */
const READ_MS = 30_000;

/** The MD5 of nothing. */
const EMPTY_ETAG = '"D41D8CD98F00B204E9800998ECF8427E"';

const BUFFERED =
	'This browser does not send files from the disk: all parts go out from memory, at most 256 MiB at a time. Where memory is short, set a smaller `partSize`';

/** A range of the file, as it is sent and as it is hashed: for all attempts to send it. */
export class Content {
	readonly #round: Round<Destination>;
	readonly #range: PartRange;
	readonly #md5: boolean;
	#octets: Promise<Octets> | undefined;
	#digest: Promise<Digest> | undefined;
	/** How far it is shown that the browser does not send it from the disk; undefined: nothing speaks for that. */
	#doubt: number | undefined;
	/** How the latest attempt went out: what the page learns meanwhile says nothing of it. */
	#isFromDisk = false;

	constructor(round: Round<Destination>, range: PartRange, md5: boolean) {
		this.#round = round;
		this.#range = range;
		this.#md5 = md5;
	}

	/** Calls `send` with what is to be sent; what had to be brought into memory for it is there until it settles. */
	async lend<T>(signal: AbortSignal, send: (body: Body) => Promise<T>): Promise<T> {
		if (this.isReadOnce) return send(await this.#read());
		const { run } = this.#round;
		const { start, end } = this.#range;
		this.#isFromDisk = end > start && this.#doubt === undefined && !run.world.bodies.areFromMemory;
		if (this.#isFromDisk) return send(this.#slice().blob);
		return run.world.bodies.inMemory(end - start, signal, async () =>
			send(await run.source.read(start, end)),
		);
	}

	/** What was sent from the disk did not arrive: the next attempt goes out from memory. */
	doubtDisk(evidence: number): void {
		if (!this.isReadOnce) this.#doubt = Math.max(this.#doubt ?? 0, evidence);
	}

	/** OSS holds it. Where that needed another way than from the disk, all other parts take it too. */
	arrived(): void {
		const { run } = this.#round;
		const { bodies } = run.world;
		if (this.#isFromDisk) bodies.leftDisk();
		else if (bodies.wentOut(this.#doubt ?? 0)) run.warnOnce('BufferedBodies', BUFFERED);
	}

	/** Whether OSS may have been sent nothing in place of it. */
	isEmptied({
		etag,
		crc64,
	}: {
		readonly etag: string | undefined;
		readonly crc64: string | undefined;
	}): boolean {
		// From memory nothing can get lost on the way to the browser: there are contents with the CRC64 of nothing.
		return this.#isFromDisk && (etag === EMPTY_ETAG || crc64 === '0');
	}

	/**
	 * Rejects when the file can no longer be read, which some engines do not tell of a request under way; and when it is found
	 * out that it does not go out from the disk, as long as none of it `hasMoved`.
	 */
	async watch(signal: AbortSignal, hasMoved: () => boolean, fail: (error: unknown) => void): Promise<void> {
		const { source, world } = this.#round.run;
		while (!this.isReadOnce) {
			await world.clock.sleep(READ_MS, signal);
			await abortable(signal, source.assertReadable(this.#range.start, this.#range.end));
			if (!this.#isFromDisk || world.bodies.haveLeftDisk || hasMoved()) continue;
			// Where it cannot be loaded, nothing is known.
			loadBodyComparison()
				.then(({ endIfStuck }) => endIfStuck(this.#round, this.#range, hasMoved, fail, signal))
				.catch(() => {});
		}
	}

	/** Its checksum: computed once, and once more when OSS contradicts it. */
	digest(): Promise<Digest> {
		if (this.#digest === undefined) {
			this.#digest = this.#compute();
			// Nothing is kept of a failure, and when the transfer fails first, nobody awaits this.
			this.#digest.catch(() => {
				this.#digest = undefined;
			});
		}
		return this.#digest;
	}

	/** @throws FileChanged when the file now holds other bytes than when they were hashed */
	async assertUnchanged(): Promise<void> {
		// What was sent is in memory, and as it was.
		if (this.isReadOnce) return;
		const before = await this.digest();
		const { blob } = this.#slice();
		// A file of its own: what reads the file part by part may have opened it long ago.
		this.#digest = this.#hash({ blob, file: blob.slice(), start: 0 });
		if ((await this.#digest).crc64 !== before.crc64) throw fileChanged();
	}

	/** It is read into memory, hashed there, and sent from there. */
	get isReadOnce(): boolean {
		const { run, target } = this.#round;
		const { size } = run.source;
		const isWhole = this.#range.end - this.#range.start === size;
		// What nobody hashes need not come into memory at all.
		return isWhole && size <= READ_ONCE_SIZE && target.settings.verify !== 'none';
	}

	#read(): Promise<Octets> {
		const { start, end } = this.#range;
		if (this.#octets === undefined) {
			const { source, world, signal } = this.#round.run;
			// In some engines the read of a file that is gone never ends.
			this.#octets = withDeadline(world.clock, READ_MS, signal, () => source.read(start, end), fileSilent);
			this.#octets.catch(() => {
				this.#octets = undefined;
			});
		}
		return this.#octets;
	}

	#slice(): Slice {
		const { start, end } = this.#range;
		return this.#round.run.source.slice(start, end);
	}

	async #compute(): Promise<Digest> {
		return this.#hash(this.isReadOnce ? await this.#read() : this.#slice());
	}

	#hash(content: Slice | Octets): Promise<Digest> {
		const { run, requests } = this.#round;
		const hashing = localDigest(digesting(this.#round), this.#range, this.#md5, run.signal, content);
		// It has had a patience of its own, and OSS may hold the bytes already: they are not sent again for it.
		hashing.catch((error: unknown) => requests.giveUp(error));
		return hashing;
	}
}
