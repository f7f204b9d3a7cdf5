import type { Stage } from './stage.js';

/** One thing that is tried. It throws where it is not as it should be. */
export interface Step {
	readonly title: string;
	/** `seen` keeps what was seen on the way, also of a step that fails. */
	run(stage: Stage, seen: (line: string) => void): Promise<void>;
}

/** Something that nobody has written down: the answer is what is reported. */
export interface Question {
	readonly title: string;
	/** The answer, in a sentence with its evidence. */
	ask(stage: Stage, seen: (line: string) => void): Promise<string>;
}
