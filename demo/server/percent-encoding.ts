/**
 * RFC 3986 percent-encoding as Alibaba Cloud's signatures want it: `!'()*`, which `encodeURIComponent` leaves alone,
 * are encoded too.
 */
export const percentEncode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
