import { isSmall } from '../upload/plan.js';
import type { Run } from '../upload/run.js';
import type { TaskPlan } from './task-plan.js';

const nothing = (): void => {};

/** The place of a task among all others: how much there is of it, its turn to run, and who waits for its decision. */
export class Place {
	/** It has its place in the order of all tasks, and counts among them. */
	hasArrived = false;
	/** Gives back its place among those that run, or ends the wait for one. */
	leave: () => void = nothing;
	/** It has its upload, or has ended: nobody need wait for its decision any more. */
	decide: () => void = nothing;
	readonly #plan: Pick<TaskPlan, 'run' | 'source' | 'totals'>;
	readonly #onTurn: () => void;

	constructor(plan: Pick<TaskPlan, 'run' | 'source' | 'totals'>, onTurn: () => void) {
		this.#plan = plan;
		this.#onTurn = onTurn;
	}

	/** Bytes; 0 until it is known. */
	get size(): number {
		return this.#plan.source.size ?? 0;
	}

	get load(): Run['load'] {
		const { run } = this.#plan;
		return run.intent.kind === 'upload' && isSmall(this.size, run.partSize) ? 'small' : 'large';
	}

	/** Its size is known by now. */
	arrive(size: number): void {
		this.hasArrived = true;
		const { run, totals } = this.#plan;
		const { intent, world } = run;
		const asks = this.load === 'large' && intent.kind === 'upload' && typeof intent.key !== 'string';
		if (asks) this.decide = world.keys.enter(size);
		totals.expect(size);
	}

	/** Waits for its turn, or for another one. */
	enter(): void {
		this.leave = this.#plan.run.world.scheduler.enter(this.load, this.#onTurn);
	}
}
