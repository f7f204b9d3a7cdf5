import { isFinal, type TaskState } from 'oss-resumable-upload';
import { element, setText } from './element.js';

export interface CardButtonsOptions {
	/** What is uploaded, for those who hear a button without its card. */
	readonly name: string;
	/** Pause, resume, or start again. */
	onGo(): void;
	onCancel(): void;
	onDismiss(): void;
}

export interface ButtonsState {
	readonly state: TaskState;
	/** OSS is being told. */
	readonly isCancelling: boolean;
	/** The task has ended, and what OSS holds of it can still be dropped. */
	readonly isKept: boolean;
}

const GO_WORDS: Partial<Record<TaskState, string>> = {
	paused: 'Resume',
	failed: 'Try again',
	stopped: 'Try again',
	aborted: 'Start again',
};

/** What can be done with an upload, by its state. */
export class CardButtons {
	readonly node: HTMLElement;
	readonly #name: string;
	/** One button with several words, so that the focus stays where it is. */
	readonly #go: HTMLButtonElement;
	readonly #cancel: HTMLButtonElement;
	readonly #dismiss: HTMLButtonElement;

	constructor({ name, onGo, onCancel, onDismiss }: CardButtonsOptions) {
		this.#name = name;
		this.#go = button('primary', onGo);
		this.#cancel = button('plain', onCancel);
		this.#dismiss = button('plain', onDismiss);
		this.node = element('p', { class: 'buttons' }, this.#go, this.#cancel, this.#dismiss);
	}

	show({ state, isCancelling, isKept }: ButtonsState): void {
		const isOver = isFinal(state) && !isCancelling;
		this.#label(this.#go, GO_WORDS[state] ?? 'Pause');
		this.#label(this.#cancel, 'Cancel');
		this.#label(this.#dismiss, 'Dismiss');
		setAvailable(this.#go, state !== 'completing');
		setAvailable(this.#cancel, !isCancelling);
		this.#go.hidden = state === 'done' || isCancelling;
		this.#cancel.hidden = isOver && !isKept;
		this.#dismiss.hidden = !isOver;
		const { activeElement } = document;
		const hasLostFocus = [this.#go, this.#cancel].some((one) => one === activeElement && one.hidden);
		// A hidden button would drop the focus on the floor.
		if (hasLostFocus) (this.#dismiss.hidden ? this.#cancel : this.#dismiss).focus();
	}

	#label(one: HTMLButtonElement, word: string): void {
		setText(one, word);
		one.setAttribute('aria-label', `${word} ${this.#name}`);
	}
}

function button(kind: string, onClick: () => void): HTMLButtonElement {
	const made = element('button', { type: 'button', class: kind });
	made.addEventListener('click', ({ detail }) => {
		// The second click of a double one is for a button that was not there at the first.
		if (made.getAttribute('aria-disabled') !== 'true' && detail < 2) onClick();
	});
	return made;
}

/** Not `disabled`, which would take the focus away. */
function setAvailable(one: HTMLButtonElement, isAvailable: boolean): void {
	one.setAttribute('aria-disabled', String(!isAvailable));
}
