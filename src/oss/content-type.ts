/** The commonest types by extension; a bare one is the subtype itself. `ts` is a video here, as in the OSS SDKs. */
const TYPES: Readonly<Record<string, string>> = {
	image: 'avif bmp gif heic jpeg jpg=jpeg png webp tif=tiff tiff svg=svg+xml ico=x-icon',
	video: 'mp4 webm m4v=mp4 mov=quicktime mkv=x-matroska avi=x-msvideo flv=x-flv ts=MP2T',
	audio: 'aac flac ogg wav mp3=mpeg m4a=mp4',
	text: 'css csv html htm=html txt=plain md=markdown js=javascript',
	application:
		'json pdf xml zip wasm gz=gzip tar=x-tar 7z=x-7z-compressed rar=vnd.rar epub=epub+zip ' +
		'apk=vnd.android.package-archive m3u8=vnd.apple.mpegurl ' +
		'doc=msword docx=vnd.openxmlformats-officedocument.wordprocessingml.document ' +
		'xls=vnd.ms-excel xlsx=vnd.openxmlformats-officedocument.spreadsheetml.sheet ' +
		'ppt=vnd.ms-powerpoint pptx=vnd.openxmlformats-officedocument.presentationml.presentation',
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
