import type { News } from './upload-file.js';
import type { UploadItem } from './upload-item.js';

/** A list that says aloud what happens. */
export interface Speaker {
	/** Assistive technology finds nothing in what is hidden. */
	readonly isHeard: () => boolean;
	/** The sentences for it, said or not: whoever speaks next knows by them what came before. */
	readonly hear: (item: UploadItem, news: News) => readonly string[];
	readonly say: (sentences: readonly string[]) => void;
}

/** The lists of one uploader. One of them speaks, since two would say everything twice. */
export class Speakers {
	readonly #all = new Set<Speaker>();

	add(speaker: Speaker): () => void {
		this.#all.add(speaker);
		return () => this.#all.delete(speaker);
	}

	tell(item: UploadItem, news: News): void {
		const heard = [...this.#all].map((speaker) => [speaker, speaker.hear(item, news)] as const);
		// For this the browser has to lay out the page: not where there is no choice.
		const isChoice = heard.length > 1 && heard.some(([, sentences]) => sentences.length > 0);
		const chosen = (isChoice && heard.find(([speaker]) => speaker.isHeard())) || heard[0];
		chosen?.[0].say(chosen[1]);
	}
}
