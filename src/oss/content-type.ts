/** For Blobs without a type: a browser knows that of a File. The commonest, by extension; a bare one is the subtype itself. `ts` is a video here, as in the OSS SDKs. */
const TYPES: Readonly<Record<string, string>> = {
	image: 'gif png webp jpg=jpeg',
	video: 'mp4 webm ts=MP2T',
	audio: 'mp3=mpeg',
	text: 'css html txt=plain',
	application: 'json pdf zip',
};

/** The Blob's own type, else by the key's extension, else `application/octet-stream`. */
export function contentTypeOf(blobType: string, key: string): string {
	const extension = /\.(\w+)$/.exec(key)?.[1]?.toLowerCase() ?? '';
	const entry = new RegExp(`(?:^| )${extension}(?:=(\\S+))?(?: |$)`);
	for (const [type, list] of Object.entries(blobType || !extension ? {} : TYPES)) {
		const found = entry.exec(list);
		if (found) return `${type}/${found[1] ?? extension}`;
	}
	return blobType || 'application/octet-stream';
}
