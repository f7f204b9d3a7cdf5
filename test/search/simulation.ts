import { type Emulator, startEmulator } from '../../emulator/index.js';
import { memoryCheckpoints } from '../../src/browser/storage/memory-checkpoints.js';
import type { CheckpointSummary } from '../../src/core/model.js';
import type { CheckpointStore } from '../../src/core/ports.js';
import { rulesOf } from './cors-rules.js';
import { edited, type FileVersion, versionOf } from './files.js';
import { expectNothingLeft, expectPromisesKept, expectThat, hasMade } from './invariants.js';
import { Line } from './line.js';
import type { Aftermath } from './page.js';
import { newKey } from './page-ports.js';
import type { Made } from './page-task.js';
import { BUCKET, Locks } from './page-world.js';
import { CALM, type PagePlan, type Schedule } from './schedule.js';
import { Stage, seeded } from './stage.js';
import { Home, TabChannels } from './tab-channels.js';
import { planOf, playTabs } from './tabs.js';
import { expectSharedWell } from './tabs-invariants.js';

const FIXED_KEY = 'dir/object.bin';
/** Unfinished uploads of one content that several visits left under keys of their own. */
const MAX_CALM_VISITS = 8;

/** Plays a schedule, then calm visits with every right. Throws where a promise of the library is broken. */
export async function play(schedule: Schedule, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
	const stage = new Stage();
	const oss = await startEmulator({ buckets: [BUCKET], now: () => stage.now });
	try {
		const play = new Play({ stage, oss, schedule, first: versionOf(bytes) });
		await play.prepare();
		for (const plan of schedule.pages) await play.visit(plan);
		await play.finish();
	} finally {
		await oss.close();
	}
}

interface PlayOptions {
	readonly stage: Stage;
	readonly oss: Emulator;
	readonly schedule: Schedule;
	readonly first: FileVersion;
}

/** One schedule under way: what outlives its pages. */
class Play {
	readonly #options: PlayOptions;
	readonly #disk: CheckpointStore = memoryCheckpoints();
	readonly #locks = new Locks();
	readonly #line: Line;
	readonly #contents = new Set<string>();
	readonly #keys = new Set<string>();
	#version: FileVersion;
	#visits = 0;
	#made: Made[] = [];
	#isMixed = false;

	constructor(options: PlayOptions) {
		const { stage, schedule, first } = options;
		this.#options = options;
		this.#version = first;
		this.#line = new Line({
			...{ stage, latencyMs: schedule.latencyMs, random: seeded(schedule.seed) },
			onMade: () => this.#note(),
		});
	}

	async prepare(): Promise<void> {
		const { oss, schedule, stage, first } = this.#options;
		for (const fault of schedule.faults) {
			const isOfLine = fault.action.type === 'hang' || fault.action.type === 'delay';
			if (isOfLine) this.#line.faults.add(fault);
			else oss.addFault(fault);
		}
		const { older } = schedule;
		if (older === undefined) return;
		const { bytes, sha256 } = older.holds === 'the same' ? first : edited(first, { type: 'flip', at: 0 });
		this.#contents.add(sha256);
		await oss.putObject(BUCKET, this.#key, bytes, {
			headers: { 'x-oss-meta-owner': 'somebody else' },
			lastModified: stage.now - older.agoMs,
		});
	}

	async visit(plan: PagePlan, schedule: Schedule = this.#options.schedule): Promise<Aftermath> {
		const { stage, oss } = this.#options;
		await stage.pass(plan.gapMs);
		this.#version = edited(this.#version, plan.edit);
		this.#contents.add(this.#version.sha256);
		this.#keys.add(this.#key);
		oss.setCors(rulesOf(plan.cors));
		const [unfinished] = plan.resumes ? await this.#disk.find({ scope: '', bucket: BUCKET }) : [];
		const owner = unfinished?.checkpoint.settings.headers['x-oss-meta-owner'] ?? plan.owner;
		this.#isMixed ||= plan.tabs.some((tab) => (tab.owner ?? owner) !== owner);
		const seed = schedule.seed + this.#visits;
		const first = {
			...{ stage, oss, schedule, plan, owner, line: this.#line, disk: this.#disk, locks: this.#locks },
			version: this.#version,
			resumes: unfinished?.checkpoint.id,
			key: this.#key,
			seed,
			requestsBefore: oss.requests.length,
			isFinished: await this.#isFinished(plan),
			isMisled: await this.#isMisled(),
			home: new Home(),
			channels: new TabChannels({ stage, random: seeded(seed + 1), kind: plan.channel }),
			plans: [plan, ...plan.tabs.map((tab) => planOf(plan, tab))],
			isMixed: this.#isMixed,
		};
		this.#made = [];
		const visits = await playTabs({ ...first, made: this.#made }, (tab) => {
			this.#version = edited(this.#version, tab.plan.edit);
			this.#contents.add(this.#version.sha256);
			return this.#version;
		});
		const legitimate = { contents: this.#contents, keys: [...this.#keys] };
		for (const { visit, page } of visits) await expectPromisesKept(visit, page, legitimate);
		expectSharedWell(visits);
		this.#visits++;
		const [{ page }] = visits;
		return page;
	}

	/** What lies at every key now, where that is new. */
	async #note(): Promise<void> {
		for (const key of this.#keys) {
			const object = await this.#options.oss.object(BUCKET, key);
			if (object !== undefined) this.#made.push({ ...object, key });
		}
	}

	/** Whatever had happened: with nothing in its way the file gets there, and nothing is left behind. */
	async finish(): Promise<void> {
		const { stage, oss, schedule } = this.#options;
		oss.clearFaults();
		this.#line.faults.clear();
		await stage.until(() => this.#line.isQuiet, Number.POSITIVE_INFINITY);
		const rights = { ...schedule, faults: [], mayList: true, mayHead: true, tokenSeconds: 900 };
		const owner = schedule.pages.at(-1)?.owner ?? CALM.owner;
		for (let visits = 1; ; visits++) {
			const { outcome } = await this.visit({ ...CALM, owner }, rights);
			if (outcome.type !== 'done')
				throw new Error('The calm visit failed', { cause: outcome.type === 'rejected' && outcome.reason });
			if (!(await this.#resumable()).length) break;
			expectThat(schedule.asksKey && visits < MAX_CALM_VISITS, 'an unfinished upload is never gone on with');
		}
		// What is left is of other versions of the file, to keys that only they had.
		const others = await this.#disk.find({ scope: '', bucket: BUCKET });
		expectThat(others.length === 0 || schedule.asksKey, 'a checkpoint outlived its upload');
		if (others.length > 0) await this.visit({ ...CALM, owner, afterwards: 'discards' }, rights);
		await expectNothingLeft({ oss, stage, disk: this.#disk }, schedule);
	}

	/** An upload that is unfinished by its record has put the file as it is now, with these settings, to where it goes now. */
	async #isFinished({ owner }: PagePlan): Promise<boolean> {
		const { oss } = this.#options;
		const completed = oss.requests.filter(
			({ operation, stored }) => operation === 'CompleteMultipartUpload' && stored,
		);
		for (const { checkpoint } of await this.#resumable()) {
			const { key, settings, uploadId } = checkpoint;
			const object = await oss.object(BUCKET, key);
			const isIt = object?.sha256 === this.#version.sha256 && settings.headers['x-oss-meta-owner'] === owner;
			if (isIt && completed.some((each) => each.uploadId === uploadId)) return true;
		}
		return false;
	}

	/**
	 * A page whose store took nothing could not delete the record of an upload that was gone, and then put the same bytes
	 * where that was to go. Neither the record nor the object tells.
	 */
	async #isMisled(): Promise<boolean> {
		const { oss, schedule } = this.#options;
		const before = schedule.pages.slice(0, this.#visits);
		if (before.every(({ store }) => store === undefined)) return false;
		const made = oss.requests.filter(hasMade);
		return (await this.#resumable()).some(({ checkpoint: { key, uploadId } }) => {
			const last = made.findLast((each) => each.key === key);
			return last !== undefined && last.uploadId !== uploadId;
		});
	}

	/** Unfinished uploads of the file as it is now. */
	async #resumable(): Promise<readonly CheckpointSummary[]> {
		const { isFingerprintTrue } = this.#options.schedule;
		const fingerprint = isFingerprintTrue ? { fingerprint: this.#version.sha256.slice(0, 12) } : {};
		const found = await this.#disk.find({ scope: '', bucket: BUCKET, ...fingerprint });
		return found.filter(({ checkpoint }) => checkpoint.size === this.#version.bytes.length);
	}

	get #key(): string {
		return this.#options.schedule.asksKey ? newKey(this.#visits) : FIXED_KEY;
	}
}
