import { fileInput } from './file-input.js';
import { IntakeElement } from './intake-element.js';
import { node, setAttribute } from './node.js';
import { filesOfInput } from './picked-files.js';
import type { Words } from './words/words.js';

/** What the button opens. */
export type PickerKind = 'files' | 'folder' | 'camera';

/** `<oss-upload-button>`: opens the browser's file dialog. What lies inside of it is what it says. */
export class OssUploadButton extends IntakeElement {
	readonly #input = fileInput((files) => void this.intake.take(filesOfInput(files)));
	readonly #word = node('slot');
	readonly #button = node('button', { type: 'button', part: 'button', class: 'primary' }, this.#word);
	#kind: PickerKind | undefined;

	constructor() {
		super();
		this.root.append(this.#button, this.#input);
		this.#button.addEventListener('click', () => {
			if (!this.intake.isDisabled) this.#input.click();
		});
	}

	/** @internal A part of an element that has several. */
	set kind(kind: PickerKind) {
		this.#kind = kind;
		this.#button.classList.toggle('primary', kind === 'files');
	}

	/** @internal What a form points at, when it lacks a file. */
	get focusable(): HTMLElement {
		return this.#button;
	}

	override focus(options?: FocusOptions): void {
		this.#button.focus(options);
	}

	override click(): void {
		this.#button.click();
	}

	protected override render(words: Words): void {
		const { intake } = this;
		const kind = this.#kind ?? kindOf(intake);
		const { accept, maxFiles } = intake.limits;
		this.#word.textContent = words.say(
			kind === 'folder'
				? 'chooseFolder'
				: kind === 'camera'
					? 'takePhoto'
					: maxFiles === 1
						? 'chooseFile'
						: 'chooseFiles',
		);
		const camera = intake.getAttribute('capture') || 'environment';
		setAttribute(this.#input, 'accept', accept || (kind === 'camera' ? 'image/*' : null));
		setAttribute(this.#input, 'capture', kind === 'camera' ? camera : null);
		this.#input.webkitdirectory = kind === 'folder';
		this.#input.multiple = maxFiles !== 1;
		const { isDisabled } = intake;
		setAttribute(this.#button, 'aria-disabled', isDisabled ? 'true' : null);
		// Before there is an uploader it can be focused: a form may point at it.
		this.#button.disabled = isDisabled && intake.uploader !== undefined;
	}
}

const kindOf = (intake: IntakeElement): PickerKind =>
	intake.hasAttribute('directory') ? 'folder' : intake.hasAttribute('capture') ? 'camera' : 'files';
