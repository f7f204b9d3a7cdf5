import { english } from './english.js';
import type { Strings } from './strings.js';

export const strings: Strings = english;
