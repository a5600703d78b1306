import { desk } from './zh.desk';
import { work } from './zh.work';
import type { en } from './en';

export const zh: Record<keyof typeof en, string> = { ...work, ...desk };
