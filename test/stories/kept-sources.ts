import type { Page } from 'playwright';

/** How many files the browser keeps in the library's database. */
export const keptSources = (page: Page): Promise<number> =>
	page.evaluate(
		() =>
			new Promise<number>((resolve, reject) => {
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
			}),
	);
