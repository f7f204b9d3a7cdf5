interface Batch<Row, Answer> {
	readonly rows: Row[];
	readonly written: Promise<readonly Answer[]>;
}

/**
 * Writes in the order in which they were asked for: a row must not overtake the deletion that was to take it along, nor
 * the other way round. Rows that come while something is being written are written together, since a transaction
 * costs more than a row.
 */
export class WriteQueue<Row, Answer> {
	readonly #writeRows: (rows: readonly Row[]) => Promise<readonly Answer[]>;
	#last: Promise<unknown> = Promise.resolve();
	/** Takes more rows, as long as it has not begun and nothing else was asked for behind it. */
	#batch: Batch<Row, Answer> | undefined;

	/** `writeRows` answers for each row, in their order. */
	constructor(writeRows: (rows: readonly Row[]) => Promise<readonly Answer[]>) {
		this.#writeRows = writeRows;
	}

	async add(row: Row): Promise<Answer> {
		this.#batch ??= this.#openBatch();
		const { rows, written } = this.#batch;
		const index = rows.push(row) - 1;
		return (await written)[index] as Answer;
	}

	/** Something else than rows. */
	change<T>(work: () => Promise<T>): Promise<T> {
		this.#batch = undefined;
		const changed = this.#last.then(work, work);
		this.#last = changed;
		return changed;
	}

	/** What comes now waits for nothing that was asked for before: it may never end. */
	reset(): void {
		this.#batch = undefined;
		this.#last = Promise.resolve();
	}

	#openBatch(): Batch<Row, Answer> {
		const rows: Row[] = [];
		const written = this.change(() => {
			if (this.#batch === batch) this.#batch = undefined;
			return this.#writeRows(rows);
		});
		const batch = { rows, written };
		return batch;
	}
}
