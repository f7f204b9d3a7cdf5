export declare function appSize(source: string): Promise<number>;
export declare function ownSizes(): Promise<{ readonly page: number; readonly worker: number }>;
