import type { Uploader, UploadResult } from '../index.js';
import { entriesOf, type StoredFile, storedFrom, storedOf } from './form-value.js';
import { INTAKE_ATTRIBUTES, IntakeElement } from './intake-element.js';
import { node } from './node.js';
import { OssUploadButton } from './upload-button.js';
import { OssUploadDrop } from './upload-drop.js';
import type { UploadItem } from './upload-item.js';
import { OssUploadList } from './upload-list.js';
import type { Uploads } from './uploads.js';
import type { Strings } from './words/strings.js';

const PARTS =
	'button,zone,hint,veil,list,row,pending,pending-list,pending-row,total,name,state,bar,bar-fill,details,parts,empty';

/** What an app puts into it, and the part that shows it. */
const SLOTS = ['button', 'hint', 'empty'] as const;

/** Milliseconds between two values that a form is told while files are under way. */
const REST_MS = 250;

/** `<oss-upload>`: a button, a place to drop files, and the list of what becomes of them; a control of its form. */
export class OssUpload extends IntakeElement {
	static readonly formAssociated = true;
	declare wholePage: boolean;
	declare noDrop: boolean;
	declare required: boolean;
	declare name: string;
	readonly #files = new OssUploadButton();
	readonly #folder = new OssUploadButton();
	readonly #camera = new OssUploadButton();
	readonly #drop = new OssUploadDrop();
	readonly #list = new OssUploadList();
	readonly #parts: readonly IntakeElement[] = [
		this.#files,
		this.#folder,
		this.#camera,
		this.#drop,
		this.#list,
	];
	/** Paused when the element left the page, or not begun since it had. */
	readonly #left = new Set<UploadItem>();
	/** Of a form that came back before there was an uploader. */
	#restored: readonly StoredFile[] = [];
	#toldAt = 0;
	#isTelling = false;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor() {
		super();
		this.internals.role = 'group';
		for (const part of this.#parts) {
			part.join(this);
			part.setAttribute('exportparts', PARTS);
		}
		this.#files.kind = 'files';
		this.#folder.kind = 'folder';
		this.#camera.kind = 'camera';
		this.#drop.append(node('div', { class: 'pickers' }, this.#files, this.#folder, this.#camera));
		this.root.append(this.#drop, this.#list);
		this.addEventListener('click', (event) => {
			// A label's, which tells where that was clicked, or `click()`; a page may have given it a padding of its own.
			if (event.composedPath()[0] !== this || (event.detail > 0 && isIn(this, event))) return;
			this.focus();
			this.#files.click();
		});
	}

	static override get observedAttributes(): string[] {
		return [...INTAKE_ATTRIBUTES, 'whole-page', 'no-drop', 'name', 'required'];
	}

	override get uploader(): Uploader | undefined {
		return super.uploader;
	}

	override set uploader(uploader: Uploader | undefined) {
		super.uploader = uploader;
		for (const part of this.#parts) part.uploader = uploader;
	}

	override get strings(): Partial<Strings> | undefined {
		return super.strings;
	}

	override set strings(strings: Partial<Strings> | undefined) {
		super.strings = strings;
		for (const part of this.#parts) part.strings = strings;
	}

	override get objectUrl(): ((result: UploadResult) => string | undefined) | undefined {
		return super.objectUrl;
	}

	override set objectUrl(objectUrl: ((result: UploadResult) => string | undefined) | undefined) {
		super.objectUrl = objectUrl;
		// Its rows ask this element.
		this.#list.schedule();
	}

	/** @internal */
	override get isDisabled(): boolean {
		return super.isDisabled || this.matches(':disabled');
	}

	/** The names of the objects that are stored, as the form has them. */
	get value(): readonly string[] {
		return storedOf(this.own).map(({ result }) => result.key);
	}

	get form(): HTMLFormElement | null {
		return this.internals.form;
	}

	get validity(): ValidityState {
		return this.internals.validity;
	}

	get validationMessage(): string {
		return this.internals.validationMessage;
	}

	get willValidate(): boolean {
		return this.internals.willValidate;
	}

	checkValidity(): boolean {
		return this.internals.checkValidity();
	}

	reportValidity(): boolean {
		return this.internals.reportValidity();
	}

	override focus(options?: FocusOptions): void {
		this.#files.focus(options);
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.#goOn();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		// Frameworks take an element out and put it in elsewhere: then nothing has happened.
		setTimeout(() => {
			if (this.isConnected) return;
			for (const item of this.own) {
				if (!item.task || !item.isActive || item.state === 'paused') continue;
				this.#left.add(item);
				item.pause();
			}
		}, 0);
	}

	protected override begin(item: UploadItem): void {
		if (this.isConnected) super.begin(item);
		else this.#left.add(item);
	}

	protected override changed(attribute: string): void {
		super.changed(attribute);
		for (const part of this.#parts) part.schedule();
		if (this.isConnected) this.#goOn();
	}

	/** With what it left when it was taken out; what may not begin yet is left until it may. */
	#goOn(): void {
		for (const item of this.#left) {
			if (!item.task && this.isDisabled) continue;
			this.#left.delete(item);
			if (!item.canUndo) item.resume();
		}
	}

	/** @internal A form may be sent before the next frame: it is told at once. */
	override schedule(): void {
		super.schedule();
		this.#tellForm();
	}

	/** The rows and the value go, and what runs is aborted; what is stored stays. */
	formResetCallback(): void {
		this.reset();
		this.#tellForm();
	}

	/** Of the form, or of a `<fieldset>` around it. */
	formDisabledCallback(): void {
		this.changed('disabled');
	}

	formStateRestoreCallback(state: unknown): void {
		this.#restored = storedFrom(state);
		this.#restore();
	}

	protected override watch(uploads: Uploads): readonly (() => void)[] {
		const slots = new MutationObserver(() => this.schedule());
		slots.observe(this, { childList: true });
		this.#restore();
		return [uploads.subscribe(() => this.#tellSoon()), () => slots.disconnect()];
	}

	protected override render(): void {
		this.#folder.hidden = !this.hasAttribute('directory');
		this.#camera.hidden = !this.hasAttribute('capture');
		const targets = { button: this.#files, hint: this.#drop, empty: this.#list };
		for (const name of SLOTS) {
			const isFilled = this.querySelector(`:scope > [slot=${name}]`) !== null;
			const own = targets[name].querySelector(`slot[name=${name}]`);
			// Only where there is something: an empty slot would take the place of the part's own words.
			if (!isFilled) own?.remove();
			else if (!own) targets[name].append(node('slot', { name, ...(name !== 'button' && { slot: name }) }));
		}
	}

	#restore(): void {
		const { uploads } = this;
		if (!uploads) return;
		for (const { name, result } of this.#restored) uploads.restore(result, name, this);
		this.#restored = [];
	}

	/** Once for all that changes now. */
	#tellSoon(): void {
		if (this.#isTelling) return;
		this.#isTelling = true;
		queueMicrotask(() => {
			this.#isTelling = false;
			this.#tellForm();
		});
	}

	#tellForm(): void {
		const { own } = this;
		const unfinished = own.filter((item) => item.isActive);
		const isUnfinished = unfinished.length > 0;
		clearTimeout(this.#timer);
		// Thousands of keys are not written down for each that joins them.
		if (isUnfinished && this.validity.customError && performance.now() - this.#toldAt < REST_MS) {
			// Perhaps nothing changes after this.
			this.#timer = setTimeout(() => this.#tellForm(), REST_MS);
			return;
		}
		this.#toldAt = performance.now();
		const stored = storedOf(own);
		const state = stored.length > 0 ? JSON.stringify(stored) : null;
		this.internals.setFormValue(entriesOf(stored, this.getAttribute('name')), state);
		const isMissing = this.hasAttribute('required') && stored.length === 0;
		const { focusable } = this.#files;
		if (isUnfinished) {
			const isMoving = unfinished.some((item) => item.isRunning || item.isUndecided || !item.isShown);
			const words = this.words.say(isMoving ? 'unfinished' : 'notRunning');
			this.internals.setValidity({ customError: true }, words, focusable);
		} else if (isMissing) {
			this.internals.setValidity({ valueMissing: true }, this.words.say('missing'), focusable);
		} else this.internals.setValidity({});
	}
}

function isIn(element: Element, { clientX, clientY }: MouseEvent): boolean {
	const { left, right, top, bottom } = element.getBoundingClientRect();
	return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
