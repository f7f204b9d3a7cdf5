import { withDeadline } from '../../base/abortable.js';
import type { Digest } from '../model.js';
import type { Body, Octets, Slice } from '../ports.js';
import { fileChanged } from './file-changed.js';
import { localDigest } from './local-digest.js';
import type { PartRange } from './plan.js';
import { digesting, type Round } from './round.js';
import type { Destination } from './run.js';

/**
 * Bytes: up to here a whole file is read once, into memory, and what is hashed is what is sent. Larger ones go out from the
 * disk, which is faster than by way of the page's memory, and are hashed beside it.
 */
const READ_ONCE_SIZE = 256 * 1024;

/** Milliseconds in which so little is read. */
const READ_MS = 30_000;

/** A round that reads the file, and sends nothing. */
type Reading = Pick<Round<Destination>, 'run' | 'requests' | 'target'>;

/** A range of the file, as it is sent and as it is hashed: for all attempts to send it. */
export class Content {
	readonly #round: Reading;
	readonly #range: PartRange;
	readonly #md5: boolean;
	#octets: Promise<Octets> | undefined;
	#digest: Promise<Digest> | undefined;

	constructor(round: Reading, range: PartRange, md5: boolean) {
		this.#round = round;
		this.#range = range;
		this.#md5 = md5;
	}

	/** What is to be sent. */
	async body(): Promise<Body> {
		return this.#isReadOnce ? this.#read() : this.#slice().blob;
	}

	/** Its checksum: computed once, and once more when OSS contradicts it. */
	digest(): Promise<Digest> {
		if (this.#digest === undefined) {
			const computing = this.#compute();
			this.#digest = computing;
			// Nothing is kept of a failure, and when the transfer fails first, nobody awaits this.
			computing.catch(() => {
				if (this.#digest === computing) this.#digest = undefined;
			});
		}
		return this.#digest;
	}

	/** @throws FileChanged when the file now holds other bytes than when they were hashed */
	async assertUnchanged(): Promise<void> {
		// What was sent is in memory, and as it was.
		if (this.#isReadOnce) return;
		const before = await this.digest();
		const { blob } = this.#slice();
		// A file of its own: what reads the file part by part may have opened it long ago.
		this.#digest = this.#hash({ blob, file: blob.slice(), start: 0 });
		if ((await this.#digest).crc64 !== before.crc64) throw fileChanged();
	}

	get #isReadOnce(): boolean {
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
			const reading = withDeadline(world.clock, READ_MS, signal, () => source.read(start, end));
			this.#octets = reading;
			reading.catch(() => {
				if (this.#octets === reading) this.#octets = undefined;
			});
		}
		return this.#octets;
	}

	#slice(): Slice {
		const { start, end } = this.#range;
		return this.#round.run.source.slice(start, end);
	}

	async #compute(): Promise<Digest> {
		return this.#hash(this.#isReadOnce ? await this.#read() : this.#slice());
	}

	#hash(content: Slice | Octets): Promise<Digest> {
		return localDigest(digesting(this.#round), this.#range, this.#md5, this.#round.run.signal, content);
	}
}
