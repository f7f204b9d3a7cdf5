import { INTAKE_ATTRIBUTES, IntakeElement } from './intake-element.js';
import { node, setText } from './node.js';
import { filesOfTransfer } from './picked-files.js';
import type { Uploads } from './uploads.js';
import type { Words } from './words/words.js';

const carriesFiles = (data: DataTransfer | null): data is DataTransfer =>
	data?.types.includes('Files') ?? false;

/** `<oss-upload-drop>`: files and folders are dropped on it, or anywhere (`whole-page`), or pasted. */
export class OssUploadDrop extends IntakeElement {
	readonly #hint = node('span', { class: 'quiet', part: 'hint' });
	readonly #zone = node(
		'div',
		{ part: 'zone', class: 'zone' },
		node('slot'),
		node('slot', { name: 'hint' }, this.#hint),
	);
	readonly #veil = node('div', { part: 'veil', class: 'veil', hidden: '' });
	/** Entering a child is leaving its parent: only what is left over counts. */
	#depth = 0;

	constructor() {
		super();
		this.root.append(this.#zone, this.#veil);
	}

	declare wholePage: boolean;
	declare noDrop: boolean;

	static override get observedAttributes(): string[] {
		return [...INTAKE_ATTRIBUTES, 'whole-page', 'no-drop'];
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.schedule();
	}

	protected override watch(uploads: Uploads): readonly (() => void)[] {
		const controller = new AbortController();
		const { signal } = controller;
		const onDrag = (type: string, hear: (event: DragEvent, data: DataTransfer) => void) =>
			document.addEventListener(
				type,
				(event) => {
					if (!(event instanceof DragEvent) || !carriesFiles(event.dataTransfer)) return;
					if (!event.defaultPrevented && this.#isFor(event)) hear(event, event.dataTransfer);
				},
				{ signal },
			);
		onDrag('dragenter', () => this.#enter(this.intake.isDisabled ? 0 : 1));
		onDrag('dragleave', () => this.#enter(-1));
		onDrag('dragover', (event, data) => {
			// Without this the browser opens the file instead, and leaves the page.
			event.preventDefault();
			data.dropEffect = this.intake.isDisabled ? 'none' : 'copy';
		});
		onDrag('drop', (event, data) => {
			event.preventDefault();
			void this.intake.take(filesOfTransfer(data));
		});
		// Before all others: whoever takes the drop may say nothing of it.
		document.addEventListener('drop', () => this.#enter(-this.#depth), { signal, capture: true });
		document.addEventListener('paste', (event) => this.#paste(event), { signal });
		return [
			...super.watch(uploads),
			() => {
				controller.abort();
				// Nobody tells it any more that what is dragged has left.
				this.#enter(-this.#depth);
			},
		];
	}

	/** Whether it is for this one: of several of a page only one is below the pointer. */
	#isFor(event: DragEvent): boolean {
		if (this.intake.hasAttribute('no-drop')) return false;
		if (event.type === 'dragleave' && this.#depth > 0) return true;
		const zone = event.composedPath().find((each) => each instanceof OssUploadDrop);
		return zone ? zone === this : this.intake.hasAttribute('whole-page');
	}

	#enter(by: number): void {
		this.#depth = Math.max(0, this.#depth + by);
		const isOver = this.#depth > 0;
		for (const each of [this, this.intake]) each.setState('dragover', isOver);
		this.#veil.hidden = !isOver || !this.intake.hasAttribute('whole-page');
	}

	#paste(event: ClipboardEvent): void {
		const [target] = event.composedPath();
		const isText =
			target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea'));
		const { clipboardData: data } = event;
		if (isText || event.defaultPrevented || !carriesFiles(data) || this.intake.isDisabled) return;
		event.preventDefault();
		void this.intake.take(filesOfTransfer(data));
	}

	protected override render(words: Words): void {
		const { maxFiles } = this.intake.limits;
		setText(this.#hint, words.say(maxFiles === 1 ? 'dropFile' : 'dropFiles'));
		setText(this.#veil, words.say('dropNow'));
		this.#zone.classList.toggle('off', this.intake.isDisabled);
		const takesDrops = !this.intake.hasAttribute('no-drop');
		this.#zone.classList.toggle('plain', !takesDrops);
		this.#hint.hidden = !takesDrops;
	}
}
