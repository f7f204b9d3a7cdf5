import type { Target } from './claim.js';
import { dropUnheld, isOwn, type UnopenedRun } from './drop-unheld.js';
import type { Drop } from './dropper.js';
import { forgetRivals } from './forget-rivals.js';
import { newMemory, type Run, type TaskMemory } from './run.js';

/** The upload that a task goes on with, from its claim to its end, and what the task knows of it. */
export class Holding {
	/** Its lock is held until `release`. */
	target: Target | undefined;
	#memory: TaskMemory | undefined;
	readonly #run: Pick<Run, 'world' | 'scope' | 'checkpoints'>;
	readonly #warn: Drop['warn'];
	#hasDropped = false;

	constructor(run: Pick<Run, 'world' | 'scope' | 'checkpoints'>, warn: Drop['warn']) {
		this.#run = run;
		this.#warn = warn;
	}

	/** Made with the first round. */
	get memory(): TaskMemory {
		this.#memory ??= newMemory();
		return this.#memory;
	}

	get key(): string | undefined {
		return (this.target ?? this.#memory?.destination)?.key;
	}

	/** Drops it while its lock is held. What the task itself began it knows without its record. */
	async drop(): Promise<void> {
		if (this.target === undefined) return;
		this.#hasDropped = true;
		const checkpoint = this.#memory?.upload?.checkpoint ?? this.target.saved?.checkpoint;
		if (checkpoint !== undefined) await this.#run.world.dropper.drop(this.#drop, checkpoint);
	}

	/** Drops it when its lock is held no more, or was never; once. */
	async dropUnheld(run: UnopenedRun): Promise<void> {
		if (this.#hasDropped) return;
		await dropUnheld(run, this.#drop, this.target?.id, this.#memory?.upload?.checkpoint);
	}

	/** Drops it when its lock was let go and nobody else has taken it. With whether OSS holds nothing of it any more. */
	async dropIfIdle(): Promise<boolean> {
		if (this.target === undefined) return false;
		const { dropper } = this.#run.world;
		const wanted = isOwn(this.#memory?.upload?.checkpoint);
		return dropper.dropIdle(this.#drop, this.target.id, wanted).catch(() => false);
	}

	/** The object is stored: what else is unfinished to its key would one day overwrite it. */
	async dropRivals(): Promise<void> {
		if (this.target === undefined) return;
		const { scope, world } = this.#run;
		const { id, key } = this.target;
		// One that was skipped leaves what was unfinished of itself, which nobody needs any more.
		const ownId = this.#memory?.upload && id;
		await forgetRivals(world.dropper, this.#drop, { scope, bucket: world.bucket, key }, ownId).catch(
			() => {},
		);
	}

	get #drop(): Drop {
		return { store: this.#run.checkpoints, warn: this.#warn };
	}
}
