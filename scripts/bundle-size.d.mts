interface Size {
	readonly bytes: number;
	readonly lazy: readonly { readonly name: string; readonly bytes: number }[];
}
export declare function appSize(source: string): Promise<number>;
export declare function entrySizes(specifier: string, name: string): Promise<Size>;
export declare function fileSize(path: string): number;
export declare function ownSizes(): Promise<{ readonly page: number; readonly worker: number }>;
