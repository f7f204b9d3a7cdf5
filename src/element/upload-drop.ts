import { INTAKE_ATTRIBUTES, IntakeElement } from './intake-element.js';
import { node, setText } from './node.js';
import { filesOfTransfer } from './picked-files.js';
import { around, isReachable } from './reachable.js';
import type { Words } from './words/words.js';

const carriesFiles = (data: DataTransfer | null): data is DataTransfer =>
	data?.types.includes('Files') ?? false;

type FilesDrag = DragEvent & { readonly dataTransfer: DataTransfer };

/** Those of the page. */
const zones = new Set<OssUploadDrop>();

/** Where the focus is, in shadow roots too. */
function focused(root: DocumentOrShadowRoot = document): Element | null {
	const { activeElement } = root;
	return activeElement?.shadowRoot?.activeElement ? focused(activeElement.shadowRoot) : activeElement;
}

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
	/** What the drag entered last: it enters a child before it leaves the parent, and never leaves what is gone by then. */
	#over: EventTarget | undefined;
	#listening: AbortController | undefined;

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
		zones.add(this);
		this.#listening = new AbortController();
		const { signal } = this.#listening;
		const onDrag = (type: string, hear: (event: FilesDrag) => void) =>
			document.addEventListener(type, (event) => this.#isForUs(event) && hear(event), { signal });
		onDrag('dragover', (event) => {
			// Without this the browser opens the file instead, and leaves the page.
			event.preventDefault();
			event.dataTransfer.dropEffect = this.intake.isDisabled ? 'none' : 'copy';
		});
		onDrag('drop', (event) => {
			event.preventDefault();
			void this.intake.take(filesOfTransfer(event.dataTransfer));
		});
		document.addEventListener(
			'dragenter',
			(event) =>
				this.#enter(this.#isForUs(event) && !this.intake.isDisabled ? event.composedPath()[0] : undefined),
			{ signal },
		);
		// Before all others: whoever takes them may say nothing of it.
		document.addEventListener(
			'dragleave',
			(event) => event.composedPath()[0] === this.#over && this.#enter(undefined),
			{ signal, capture: true },
		);
		document.addEventListener('drop', () => this.#enter(undefined), { signal, capture: true });
		document.addEventListener('paste', (event) => this.#paste(event), { signal });
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		zones.delete(this);
		this.#listening?.abort();
		// Nobody tells it any more that what is dragged has left.
		this.#enter(undefined);
	}

	/** Without an uploader too: what is dropped meanwhile is no page to open. */
	#isForUs(event: Event): event is FilesDrag {
		const isDrag = event instanceof DragEvent && carriesFiles(event.dataTransfer);
		if (!isDrag || event.defaultPrevented) return false;
		const path = event.composedPath();
		return this.#isNearest(path, ({ intake }) => {
			const isOver = path.includes(intake) || intake.hasAttribute('whole-page');
			return isOver && !intake.hasAttribute('no-drop');
		});
	}

	/**
	 * Of several of a page it is the one in which it happens, whether that is disabled or not, else the nearest that is not.
	 * What nobody can see takes nothing: a person would not learn what became of the file.
	 */
	#isNearest(path: readonly EventTarget[], isMeant: (zone: OssUploadDrop) => boolean): boolean {
		const meant = [...zones].filter((zone) => isMeant(zone) && isReachable(zone.intake));
		for (const target of path) {
			const near = meant.filter(({ intake }) => around(intake).includes(target));
			const nearest =
				near.find(({ intake }) => !intake.isDisabled) ?? near.find(({ intake }) => intake === target);
			if (nearest) return nearest === this;
		}
		return meant[0] === this;
	}

	#enter(over: EventTarget | undefined): void {
		this.#over = over;
		const isOver = over !== undefined;
		for (const each of [this, this.intake]) each.setState('dragover', isOver);
		this.#veil.hidden = !isOver || !this.intake.hasAttribute('whole-page');
	}

	#paste(event: ClipboardEvent): void {
		const [target] = event.composedPath();
		const isText =
			target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea'));
		const { clipboardData: data } = event;
		if (isText || event.defaultPrevented || !carriesFiles(data) || this.intake.isDisabled) return;
		const holder = focused();
		// Browsers tell of a paste where something is selected, wherever the focus is.
		const path = holder && holder !== document.body ? around(holder) : event.composedPath();
		if (!this.#isNearest(path, () => true)) return;
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
