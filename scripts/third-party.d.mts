import type { Plugin } from 'vite';

export const LICENSES_FILE: string;
export function isThirdParty(path: string): boolean;
export function thirdParty(): { readonly ofPage: Plugin; readonly ofWorker: Plugin };
