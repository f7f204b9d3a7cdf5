import type { Page } from 'playwright';

/** How many files the browser keeps in the library's database. Runs in a page, and knows nothing from outside of itself. */
export const countKept = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const opening = indexedDB.open('oss-resumable-upload');
		opening.onerror = () => reject(opening.error);
		opening.onsuccess = () => {
			const counting = opening.result.transaction('sources').objectStore('sources').count();
			counting.onerror = () => reject(counting.error);
			counting.onsuccess = () => {
				opening.result.close();
				resolve(counting.result);
			};
		};
	});

export const keptSources = (page: Page): Promise<number> => page.evaluate(countKept);
