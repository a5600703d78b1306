import { desk } from './en.desk';
import { work } from './en.work';

export const en = { ...work, ...desk };
