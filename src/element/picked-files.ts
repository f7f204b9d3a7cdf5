import type { Refusal } from './limits.js';

/** A file and where it lies in the folder that was picked. */
export interface PickedFile {
	readonly file: File;
	/** `holiday/day-1.jpg`, or the file's name. */
	readonly path: string;
	/** Why it is not taken, whatever it is. */
	readonly refusal?: Refusal;
}

/** What systems leave in folders, and nobody means to upload. */
const JUNK =
	/^(\.DS_Store|\.localized|\._.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|__MACOSX|\.Spotlight-V100|\.Trashes)$/i;

const isJunk = (path: string): boolean => path.split('/').some((name) => JUNK.test(name));

/** Those of an input, which says where each lay when a folder was chosen. */
export const filesOfInput = (files: Iterable<File>): PickedFile[] =>
	[...files]
		.map((file) => ({ file, path: file.webkitRelativePath || file.name }))
		.filter(({ file, path }) => !file.webkitRelativePath || !isJunk(path));

/**
 * To say whether one is a folder the browser asks another process, and the page stands still meanwhile. Of more than this
 * many, those whose ending names a type are taken for files.
 */
const ASKED = 100;

/** Those of a drop or a paste, folders read to their ends. It has to be called within the event. */
export async function filesOfTransfer(data: DataTransfer): Promise<PickedFile[]> {
	// All at once: after the event the list is empty.
	const items = [...data.items].filter(({ kind }) => kind === 'file');
	const found = items.map((item) => {
		const entry = items.length > ASKED && item.type ? undefined : item.webkitGetAsEntry?.();
		const file = item.getAsFile();
		return entry?.isDirectory ? filesOfEntry(entry) : file ? [{ file, path: file.name }] : [];
	});
	return (await Promise.all(found)).flat();
}

/** What cannot be read, a folder too, is told of as a file that is refused: nobody else says that it is missing. */
async function filesOfEntry(entry: FileSystemEntry): Promise<PickedFile[]> {
	if (JUNK.test(entry.name)) return [];
	const path = entry.fullPath.replace(/^\//, '');
	const unread: PickedFile = {
		file: new File([], entry.name),
		path,
		refusal: (words) => words.say('errorFileUnreadable'),
	};
	if (isFile(entry)) {
		return new Promise((resolve) =>
			entry.file(
				(file) => resolve([{ file, path }]),
				() => resolve([unread]),
			),
		);
	}
	if (!isDirectory(entry)) return [];
	const reader = entry.createReader();
	const found: PickedFile[][] = [];
	// A reader gives some hundred at a time, and none when there are no more.
	for (;;) {
		const some = await new Promise<FileSystemEntry[] | undefined>((resolve) =>
			reader.readEntries(resolve, () => resolve(undefined)),
		);
		if (!some) found.push([unread]);
		if (!some?.length) return found.flat();
		found.push(...(await Promise.all(some.map(filesOfEntry))));
	}
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
