import SparkMD5 from 'spark-md5';
import type { Md5 } from './main-thread-hasher.js';

/** A chunk of its own: a file of one part needs no MD5, and this is the larger half. */
export const createMd5 = (): Md5 => new SparkMD5.ArrayBuffer();
